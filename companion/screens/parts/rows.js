// Rows of the diary, in words: what they are called, and what their fields say.

import { duration, fullDate, isKnown, list, moment, say, sayOf } from '../../words/index.js';
import { siteName } from './names.js';

/** @typedef {import('../app.js').App} App */

/** "the cramp of 29 Mar 2026, 03:10". @param {App} app @param {string} table @param {string} id @param {any} row */
export function rowName({ phone }, table, id, row) {
  if (table === 'soreness') return say('row-soreness', { date: fullDate(id.slice(-10)) });
  if (table === 'check_ins') return say('row-check_ins', { date: fullDate(id) });
  if (table === 'settings') return say('row-settings');
  if (table === 'treatments')
    return say('row-treatments', {
      name: row?.name ?? phone.diary?.treatments.find((one) => one.id === id)?.name ?? '',
    });
  const cramp = phone.diary?.episode(id);
  const [date, time] = cramp
    ? [cramp.local_date, cramp.local_time]
    : [row?.started_at?.slice(0, 10), row?.started_at?.slice(11, 16)];
  return date ? say('row-episodes', { date: fullDate(date), time }) : say('row-episodes-bare');
}

/** Where a row can be corrected. @param {string} table @param {string} id */
export function correction(table, id) {
  if (table === 'episodes') return `/cramp/${id}`;
  if (table === 'soreness') return `/soreness/${id.slice(0, -11)}/${id.slice(-10)}`;
  if (table === 'check_ins') return `/check-in/${id}`;
  return table === 'treatments' ? `/treatments/${id}` : '/settings';
}

/** The name of a field. @param {string} field */
export const fieldName = (field) => (isKnown(`field-${field}`) ? sayOf('field', field) : field.replaceAll('_', ' '));

/** What a field says. @param {string} field @param {any} value @returns {string} */
export function fieldValue(field, value) {
  if (value === null || value === undefined || value === '' || (Array.isArray(value) && value.length === 0))
    return say('not-said');
  if (typeof value === 'boolean') return say(value ? 'yes' : 'no');
  if (field === 'sites') return list(value.map(siteName));
  if (field === 'relief') return list(value.map(reliefName));
  if (field === 'triggers') return list(value.map((/** @type {string} */ trigger) => sayOf('trigger', trigger)));
  if (field === 'duration_seconds') return duration(value);
  if (field === 'context' || field === 'side' || field === 'kind') return sayOf(field, value);
  if (field === 'started_at' || field === 'recorded_at') return field === 'started_at' ? said(value) : moment(value);
  if (/_on$/.test(field)) return fullDate(value);
  return String(value);
}

/** A time as it was on the wall where it happened. @param {string} instant */
const said = (instant) => `${fullDate(instant.slice(0, 10))}, ${instant.slice(11, 16)}`;

/** @param {{ measure: string, seconds_to_relief?: number | null }} relief */
export function reliefName({ measure, seconds_to_relief: seconds }) {
  const name = sayOf('measure', measure);
  return typeof seconds === 'number' ? say('relief-after', { measure: name, after: duration(seconds) }) : name;
}

/** One line of what is known of a cramp. @param {import('../../types.js').Episode} cramp */
export function crampInShort({ intensity, duration_seconds: seconds, sites, interrupted_sleep: woke }) {
  return [
    typeof intensity === 'number' && say('of-ten', { level: intensity }),
    typeof seconds === 'number' && duration(seconds),
    sites.length > 0 && list(sites.map(siteName)),
    woke && say('woke-me'),
  ]
    .filter(Boolean)
    .join(' · ');
}

/** The date of the first entry of a diary: of nothing before it could anything be known. @param {App['diary']} diary */
export function firstDate({ episodes, checkIns }) {
  const dates = [...checkIns.keys(), ...episodes.map(({ local_date: date }) => date)];
  return dates.sort()[0] ?? null;
}
