// What went wrong, in words for whoever holds the phone.

import { isKnown, say } from '../../words/index.js';

/**
 * A problem as the phone throws it.
 * @typedef {{ status?: number, code?: string, detail?: string, isOffline?: boolean, retryAfter?: number,
 *   errors?: { pointer: string, code: string }[] }} Problem
 */

/** One sentence for all of it. @param {unknown} thrown */
export function inWords(thrown) {
  const problem = /** @type {Problem} */ (thrown);
  if (problem.isOffline) return say('problem-offline');
  if (problem.code === 'too_many_requests') return tooMany(problem.retryAfter);
  const fault = problem.errors?.[0];
  if (fault) return faultInWords(fault);
  const key = `problem-${problem.code}`;
  return isKnown(key) ? say(key) : say('problem-other');
}

/** @param {number | undefined} seconds */
function tooMany(seconds) {
  if (!seconds) return say('problem-too_many_requests');
  return seconds < 60
    ? say('wait-seconds', { count: seconds })
    : say('wait-minutes', { count: Math.ceil(seconds / 60) });
}

/** @param {{ pointer: string, code: string }} fault */
function faultInWords({ pointer, code }) {
  const name = pointer.split('/').at(-1) ?? '';
  const own = `fault-${name}-${code}`;
  if (isKnown(own)) return say(own);
  const general = `fault-${code}`;
  return isKnown(general) ? say(general) : say('fault-other');
}

/** The faults by the name of their field. @param {unknown} thrown @returns {Record<string, string>} */
export function faults(thrown) {
  const { errors = [] } = /** @type {Problem} */ (thrown);
  return Object.fromEntries(errors.map((fault) => [fault.pointer.split('/').at(-1) ?? '', faultInWords(fault)]));
}
