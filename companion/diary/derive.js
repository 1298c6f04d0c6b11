// What the service works out of a row, for rows that it has not seen yet.

import { addDays, daysBetween, nightOf, periodOf, wallClock, write } from '../ground/clock.js';

/** @import { CheckIn, DayParts, Episode, EpisodeFields, Soreness, SorenessSummary, Treatment } from '../types.js' */

/** The last day after a cramp on which soreness is logged. */
export const LAST_SORE_DAY = 30;

/** What a cramp says that has only begun. @type {Omit<EpisodeFields, 'started_at' | 'time_zone'>} */
const UNTOLD = {
  recorded_at: null, duration_seconds: null, intensity: null, sites: [], context: null, interrupted_sleep: null,
  sleep_disturbance: null, triggers: [], relief: [], note: null,
};

/** The short of the soreness after one cramp. @param {Soreness[]} entries by date @returns {SorenessSummary} */
export function summaryOf(entries) {
  const lastSore = entries.findLastIndex(({ level }) => level > 0);
  return {
    days_logged: entries.length,
    peak: entries.length ? Math.max(...entries.map(({ level }) => level)) : null,
    last_level: entries.at(-1)?.level ?? null,
    resolved_day: entries[lastSore + 1]?.day ?? null,
  };
}

/**
 * A cramp as the service would show it. Its clock is worked out anew only where its moment or zone was written here:
 * what the service has stored stays, whatever rules of time zones this phone knows.
 * @param {string} id
 * @param {any} row
 * @param {{ known?: any, parts: DayParts, zone: string }} about `known` is the row as the service has it
 * @returns {Omit<Episode, 'soreness'>}
 */
export function episodeOf(id, row, { known, parts, zone }) {
  const time_zone = row.time_zone ?? zone;
  let clock = { date: row.local_date, time: row.local_time };
  const isStored = known?.local_date !== undefined && known.time_zone === time_zone && Date.parse(known.started_at) === Date.parse(row.started_at);
  let started_at = row.started_at;
  if (isStored) {
    clock = { date: known.local_date, time: known.local_time };
    started_at = known.started_at;
  } else {
    try {
      clock = wallClock(row.started_at, time_zone);
      started_at = write(row.started_at, time_zone);
    } catch {
      // A zone that this phone does not know: the row names the clock itself.
      clock = { date: row.started_at.slice(0, 10), time: row.started_at.slice(11, 16) };
    }
  }
  return {
    ...UNTOLD, ...row, id, started_at, time_zone,
    sites: (row.sites ?? []).map((/** @type {any} */ site) => ({ side: null, ...site })),
    relief: (row.relief ?? []).map((/** @type {any} */ tried) => ({ seconds_to_relief: null, ...tried })),
    triggers: row.triggers ?? [],
    local_date: clock.date,
    local_time: clock.time,
    night_of: nightOf(clock.date, clock.time, parts),
    period: periodOf(clock.time, parts),
  };
}

/** After which cramp, and on which date, a row of soreness is. @param {string} id */
export const sorenessKey = (id) => ({ episode_id: id.slice(0, -11), date: id.slice(-10) });

/** @param {string} id @param {any} row @param {string} onset the cramp's local date @returns {Soreness} */
export function sorenessOf(id, row, onset) {
  const { episode_id, date } = sorenessKey(id);
  const { level, tender_to_touch = null, limits_walking = null } = row;
  return { ...row, episode_id, date, day: daysBetween(onset, date), level, tender_to_touch, limits_walking };
}

/** @param {string} date @param {any} row @returns {CheckIn} */
export const checkInOf = (date, row) => ({ ...row, date, triggers: row.triggers ?? [], note: row.note ?? null });

/** @param {string} id @param {any} row @returns {Treatment} */
export const treatmentOf = (id, row) => ({ dose: null, side: null, ended_on: null, note: null, ...row, id });

/** The last date on which soreness after a cramp can be noted. @param {Episode} episode */
export const lastSoreDate = (episode) => addDays(episode.local_date, LAST_SORE_DAY);
