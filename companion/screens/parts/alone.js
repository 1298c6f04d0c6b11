// What is on this phone alone, and lost with it: what was never sent, and of two versions the one from here.

import { say } from '../../words/index.js';

/** @typedef {import('../app.js').Phone} Phone */

/**
 * In a sentence for each; empty where there is nothing.
 * @param {Phone} phone
 * @param {(diary: string) => boolean} [ofWhich]
 * @returns {string}
 */
export function lost({ unsent, conflicts }, ofWhich = () => true) {
  const waiting = unsent.filter(({ diary }) => ofWhich(diary)).length;
  const undecided = conflicts.filter(({ diary }) => ofWhich(diary)).length;
  return [
    waiting > 0 && say('lost-unsent', { count: waiting }),
    undecided > 0 && say('lost-undecided', { count: undecided }),
  ]
    .filter(Boolean)
    .join(' ');
}
