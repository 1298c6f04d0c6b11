// What a diary knows of its days, as the service's analytics read it: covered days, bouts, nights, and what was seen.

import { addDays, daysBetween, nightWraps } from '../ground/clock.js';
import { share, sixDecimals } from './statistics.js';

/** @import { CheckIn, Coverage, DateRange, DayParts, Episode, LocalDate } from '../types.js' */
/** @import { Bout, Exposure } from './statistics.js' */

/**
 * @typedef {object} Day a covered one
 * @property {LocalDate} date
 * @property {boolean | null} said what the check-in says of it: free of cramps or not; null without one
 * @property {Episode[]} cramps those that began on it
 */
/**
 * @typedef {object} Nights
 * @property {number} covered those whose dates have an entry
 * @property {number} told those of them whose dates tell all that came
 * @property {number} observed those of them of which it is known whether it happened
 * @property {number} with observed ones in which it happened
 * @property {number} all of which something could be known
 * @property {number} knownWith those of them in which it is known to have happened
 */
/**
 * @typedef {object} Seen
 * @property {Exposure} covered cramps on covered days
 * @property {Exposure} all the same cramps over all days of which something could be known
 * @property {Exposure[]} weeks the same by seven days, on covered days
 * @property {Exposure[]} wholeWeeks and over all days
 */

/** @param {Episode} cramp */
const isNight = ({ period }) => period === 'night';

/**
 * Whether a day tells of all its cramps: not when the person says that there was one, and the log has none.
 * @param {Day} day
 */
const tellsAll = ({ said, cramps }) => cramps.length > 0 || said !== false;

/** @param {DateRange} range */
const daysOf = ({ from, to }) => daysBetween(from, to) + 1;

export class DayRecord {
  /** Covered days by date, the earliest first. @type {Map<LocalDate, Day>} */
  #days = new Map();

  /**
   * @param {Iterable<Episode>} episodes
   * @param {Iterable<CheckIn>} checkIns
   * @param {{ parts: DayParts, today: LocalDate }} about
   */
  constructor(episodes, checkIns, { parts, today }) {
    this.parts = parts;
    this.today = today;
    /** @type {Map<LocalDate, Day>} */
    const days = new Map();
    for (const { date, cramp_free } of checkIns) days.set(date, { date, said: cramp_free, cramps: [] });
    for (const cramp of episodes) {
      const day = days.get(cramp.local_date);
      if (day) day.cramps.push(cramp);
      else days.set(cramp.local_date, { date: cramp.local_date, said: null, cramps: [cramp] });
    }
    for (const date of [...days.keys()].sort()) this.#days.set(date, /** @type {Day} */ (days.get(date)));
    /** @type {LocalDate | undefined} */
    this.firstDay = this.#days.keys().next().value;
  }

  /** @param {LocalDate} date */
  isCovered(date) {
    return this.#days.has(date);
  }

  /** @param {DateRange} range @returns {Day[]} */
  within({ from, to }) {
    return [...this.#days.values()].filter(({ date }) => from <= date && date <= to);
  }

  /**
   * What can be known of a range: from the first entry on, to today.
   * @param {DateRange | null} range
   * @returns {DateRange | null}
   */
  known(range) {
    if (!range || this.firstDay === undefined) return null;
    const from = range.from > this.firstDay ? range.from : this.firstDay;
    const to = range.to < this.today ? range.to : this.today;
    return from <= to ? { from, to } : null;
  }

  /** @param {DateRange} range @returns {Day[]} */
  #come(range) {
    return this.within(range).filter(({ date }) => date <= this.today);
  }

  /** @param {DateRange} range @returns {Exposure} */
  #exposure(range) {
    const days = this.#come(range);
    return { events: days.reduce((sum, { cramps }) => sum + cramps.length, 0), days: days.length };
  }

  /** @param {DateRange | null} range @returns {Coverage} */
  coverage(range) {
    if (!range) return { days: 0, covered: 0, share: null };
    const known = this.known(range);
    const days = known ? daysOf(known) : 0;
    const covered = this.#exposure(range).days;
    const part = share(covered, days);
    return { days, covered, share: part === null ? null : sixDecimals(part) };
  }

  /**
   * The cramps of a range in bouts: one of a date holds those of its day and evening, and of the night that begins on
   * it.
   * @param {DateRange} range
   * @returns {Episode[][]}
   */
  bouts(range) {
    /** @type {Map<LocalDate, Episode[]>} */
    const bouts = new Map();
    for (const { cramps } of this.within(range)) {
      for (const cramp of cramps) {
        const date = cramp.night_of ?? cramp.local_date;
        const bout = bouts.get(date);
        if (bout) bout.push(cramp);
        else bouts.set(date, [cramp]);
      }
    }
    return [...bouts.values()];
  }

  /**
   * In how many nights of a range something happened. `happened` says of a cramp whether it did: yes, no, or null where
   * it is not known.
   * @param {DateRange | null} range
   * @param {(cramp: Episode) => boolean | null} happened
   * @returns {Nights}
   */
  nights(range, happened) {
    const nights = { covered: 0, told: 0, observed: 0, with: 0, all: 0, knownWith: 0 };
    const known = this.known(range);
    if (!known) return nights;
    // A night that begins on the last of the days ends after them, unless it lies on one date.
    const wraps = nightWraps(this.parts);
    const last = wraps ? addDays(known.to, -1) : known.to;
    for (let date = known.from; date <= last; date = addDays(date, 1)) {
      const [evening, morning] = [this.#days.get(date), this.#days.get(addDays(date, 1))];
      const dates = wraps ? [evening, morning] : [evening];
      const cramps = [evening, morning].flatMap((day) => day?.cramps ?? []).filter((cramp) => cramp.night_of === date);
      const answers = cramps.map(happened);
      const yes = answers.includes(true);
      nights.all += 1;
      if (yes) nights.knownWith += 1;
      if (!dates.every((day) => day !== undefined)) continue;
      nights.covered += 1;
      if (!dates.every((day) => day !== undefined && tellsAll(day))) continue;
      nights.told += 1;
      if (!yes && answers.includes(null)) continue;
      nights.observed += 1;
      if (yes) nights.with += 1;
    }
    return nights;
  }

  /** @param {DateRange | null} range @returns {Seen} */
  seen(range) {
    const nothing = { events: 0, days: 0 };
    if (!range) return { covered: nothing, all: nothing, weeks: [], wholeWeeks: [] };
    const covered = this.#exposure(range);
    const known = this.known(range);
    const all = { events: covered.events, days: known ? daysOf(known) : 0 };
    /** @type {Seen} */
    const seen = { covered, all, weeks: [], wholeWeeks: [] };
    for (let from = known?.from; known && from !== undefined && from <= known.to; from = addDays(from, 7)) {
      const seventh = addDays(from, 6);
      const seven = { from, to: seventh < known.to ? seventh : known.to };
      const week = this.#exposure(seven);
      seen.weeks.push(week);
      seen.wholeWeeks.push({ events: week.events, days: daysOf(seven) });
    }
    return seen;
  }
}

/**
 * Asks the cramps of bouts something, that they answer with yes, no, or null where it is not known.
 * @param {Episode[][]} bouts
 * @param {(cramp: Episode) => boolean | null} question
 * @param {(cramp: Episode) => boolean} [ofWhich]
 * @returns {{ bouts: Bout[], all: number }} what is known by bouts, and of how many it was asked
 */
export function ask(bouts, question, ofWhich = () => true) {
  const asked = bouts.map((bout) => bout.filter(ofWhich).map(question));
  return {
    bouts: asked.map((answers) => ({
      yes: answers.filter((answer) => answer === true).length, all: answers.filter((answer) => answer !== null).length,
    })),
    all: asked.reduce((sum, answers) => sum + answers.length, 0),
  };
}

export { isNight };
