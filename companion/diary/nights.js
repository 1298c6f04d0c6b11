// The nights as rows of the raster, from noon to noon.

import { addDays, minuteOf, nightWraps } from '../ground/clock.js';

/** @import { DayParts, Episode, LocalDate, Night, Soreness, Treatment } from '../types.js' */

const NOON = 720;

/** The row in which something is that came at a time: the one that begins at the noon before. @param {Episode} cramp */
const rowOf = ({ local_date, local_time }) => (minuteOf(local_time) < NOON ? addDays(local_date, -1) : local_date);

/**
 * So many rows, the newest last: last night's, or tonight's as soon as there is something in it.
 * @param {object} diary
 * @param {Iterable<Episode>} diary.episodes
 * @param {Iterable<Soreness>} diary.soreness
 * @param {Iterable<Treatment>} diary.treatments
 * @param {(date: LocalDate) => boolean} diary.isCovered
 * @param {DayParts} parts
 * @param {number} count
 * @param {LocalDate} today
 * @returns {Night[]}
 */
export function nightsOf({ episodes, soreness, treatments, isCovered }, parts, count, today) {
  const cramps = [...episodes];
  const isTonight = cramps.some((cramp) => rowOf(cramp) === today || cramp.night_of === today);
  const last = isTonight ? today : addDays(today, -1);
  /** @type {Map<LocalDate, Night>} */
  const rows = new Map();
  for (let back = count - 1; back >= 0; back -= 1) {
    const night_of = addDays(last, -back);
    const [evening, morning] = [night_of, addDays(night_of, 1)].map(isCovered);
    const dates = nightWraps(parts) ? [evening, morning] : [evening];
    rows.set(night_of, {
      night_of, covered: dates.every(Boolean), partly: dates.some(Boolean), evening, morning, at_night: 0, worst: null,
      marks: [], soreness: null, treatments: [],
    });
  }
  for (const cramp of cramps) {
    const { id, local_time, intensity, duration_seconds, interrupted_sleep } = cramp;
    const minute_from_noon = (minuteOf(local_time) + NOON) % 1440;
    rows.get(rowOf(cramp))?.marks.push({
      id, minute_from_noon, intensity, duration_seconds, broke_sleep: interrupted_sleep, local_time,
    });
    // A row runs from noon to noon, the person's night may not: what came in it is counted by its date.
    const night = cramp.night_of === null ? undefined : rows.get(cramp.night_of);
    if (!night) continue;
    night.at_night += 1;
    if (intensity !== null) night.worst = Math.max(night.worst ?? 0, intensity);
  }
  // What is noted of a day goes with the night before it, so that it runs on below the cramp.
  for (const { date, level } of soreness) {
    const row = rows.get(addDays(date, -1));
    if (row) row.soreness = Math.max(row.soreness ?? 0, level);
  }
  for (const { id, name, kind, started_on, ended_on } of treatments) {
    rows.get(started_on)?.treatments.push({ id, name, kind, what: 'started' });
    if (ended_on) rows.get(ended_on)?.treatments.push({ id, name, kind, what: 'ended' });
  }
  for (const row of rows.values()) row.marks.sort((one, other) => one.minute_from_noon - other.minute_from_noon);
  return [...rows.values()];
}
