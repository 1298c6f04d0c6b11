// What becomes of a row that was changed here and elsewhere: different fields meet in one row, and of the same field
// both versions are kept until the person chooses.

/** @import { Table } from '../types.js' */
/** @import { Row } from './plain.js' */

/** What a person says of each; all else the service works out. @type {Record<Table, string[]>} */
const TOLD = {
  settings: ['display_name', 'time_zone', 'night_start', 'night_end', 'evening_start'],
  episodes: [
    'started_at', 'time_zone', 'duration_seconds', 'intensity', 'sites', 'context', 'interrupted_sleep',
    'sleep_disturbance', 'triggers', 'relief', 'note',
  ],
  treatments: ['kind', 'name', 'dose', 'side', 'started_on', 'ended_on', 'note'],
  check_ins: ['cramp_free', 'triggers', 'note'],
  soreness: ['level', 'tender_to_touch', 'limits_walking'],
};

/** @param {any} value @param {string} name */
function plain(value, name) {
  if (value === undefined || value === null || (Array.isArray(value) && value.length === 0)) return 'null';
  if (name === 'started_at') return String(Date.parse(value));
  if (name === 'sites') return JSON.stringify(value.map((/** @type {any} */ site) => [site.part, site.side ?? null]));
  if (name === 'relief') {
    return JSON.stringify(value.map((/** @type {any} */ tried) => [tried.measure, tried.seconds_to_relief ?? null]));
  }
  return JSON.stringify(value);
}

/**
 * The fields of which two rows say something else.
 * @param {Table} table
 * @param {Row} one
 * @param {Row} other
 * @returns {string[]}
 */
export function differing(table, one, other) {
  return TOLD[table].filter((name) => plain(one?.[name], name) !== plain(other?.[name], name));
}

/**
 * @param {Table} table
 * @param {{ ours: Row, theirs: Row, before: Row, sent?: Row[] }} versions `before` is what both began with; `sent` is
 * what this phone has sent since then without an answer, so that `theirs` may say it, too
 * @returns {{ row: Row, fields: string[] }} what stands for now, and of which fields the person is to choose
 */
export function settled(table, { ours, theirs, before, sent = [] }) {
  /** Whether somebody else has changed a field. @param {string} name */
  const isTheirs = (name) => [before, ...sent].every((row) => plain(row?.[name], name) !== plain(theirs?.[name], name));
  if (!ours || !theirs) {
    // What is new here stays new, what this phone has deleted may come back, and what nobody else has touched may go.
    if (!theirs && (!before || !ours || sent.includes(null))) return { row: ours, fields: [] };
    if (theirs && !differing(table, theirs, before).some(isTheirs)) return { row: ours, fields: [] };
    if (!theirs && !differing(table, ours, before).length) return { row: null, fields: [] };
    return { row: theirs, fields: differing(table, ours, theirs) };
  }
  const [fields, taken] = [/** @type {string[]} */ ([]), /** @type {string[]} */ ([])];
  for (const name of differing(table, ours, theirs)) {
    const isOurs = plain(ours[name], name) !== plain(before?.[name], name);
    if (!isTheirs(name)) taken.push(name);
    else if (isOurs) fields.push(name);
  }
  const here = Object.fromEntries(taken.map((name) => [name, ours[name] ?? null]));
  return { row: taken.length ? { ...theirs, ...here } : theirs, fields };
}

/**
 * The row as it is when the person keeps what was written here, over what stands now.
 * @param {{ ours: Row, fields: string[] }} conflict
 * @param {Row} now
 * @returns {Row}
 */
export function withOurs({ ours, fields }, now) {
  if (!ours || !now) return ours;
  return { ...now, ...Object.fromEntries(fields.map((name) => [name, ours[name] ?? null])) };
}
