// A diary as whoever keeps it sees it: what the service has, and over it what was written here. It reads from memory,
// and hands what is written to its shelf.

import { DEFAULT_PARTS, addDays, isZone, wallClock, write, zoneHere } from '../ground/clock.js';
import { newId } from '../ground/ids.js';
import { checkInOf, episodeOf, sorenessOf, summaryOf, treatmentOf } from './derive.js';
import { figuresOf } from './figures.js';
import { nightsOf } from './nights.js';
import { allPrompts, toAsk } from './prompts.js';
import { DayRecord } from './record.js';

/** @import { CheckIn, CheckInFields, DayParts, Episode, EpisodeFields, Figures, Id, LocalDate, Measure, Night,
 * OpenCramp, Prompt, Settings, Shelf, Soreness, SorenessFields, Table, Treatment, TreatmentFields,
 * Written } from '../types.js' */

/** Milliseconds for which a cramp that was begun here may be going on. */
const OPEN_FOR = 3_600_000;
/** A cramp that began so many milliseconds ago begins now. */
const JUST_NOW = 60_000;
/** So many dismissed prompts are remembered. */
const DISMISSED = 200;
const LISTS = ['sites', 'triggers', 'relief'];

/** @param {string} one @param {string} other newest first */
const descending = (one, other) => (one < other ? 1 : one > other ? -1 : 0);

/** What a person has typed, without halves of characters, which can't be stored. @param {Record<string, any>} fields */
function clean(fields) {
  /** @type {Record<string, any>} */
  const row = {};
  for (const [name, value] of Object.entries(fields)) {
    if (value === undefined) continue;
    if (typeof value === 'string') row[name] = value.toWellFormed?.() ?? value;
    else row[name] = value === null && LISTS.includes(name) ? [] : value;
  }
  return row;
}

export class Diary {
  #shelf;
  #version = -1;
  /** What was worked out of the rows, until they change. @type {ReturnType<Diary['workOut']>} */
  #seen = /** @type {any} */ (undefined);
  /** @type {DayRecord | null} */
  #days = null;

  /** @param {Shelf} shelf */
  constructor(shelf) {
    this.#shelf = shelf;
  }

  get id() {
    return this.#shelf.id;
  }

  get role() {
    return this.#shelf.head.role;
  }

  get isMine() {
    return this.#shelf.head.isMine;
  }

  get canWrite() {
    return !this.#shelf.head.hasEnded && (this.role === 'owner' || this.role === 'contributor');
  }

  /** All that the service had at the last sync is here; false until the first one is whole. */
  get isComplete() {
    return this.#shelf.isComplete;
  }

  /** @returns {Settings} */
  get settings() {
    const row = this.#shelf.rows('settings').get(this.id)?.row ?? {};
    return {
      ...DEFAULT_PARTS, display_name: this.#shelf.head.display_name, time_zone: zoneHere(), visible_from: null,
      include_notes: true, ...row,
    };
  }

  // Reading -----------------------------------------------------------------------------------------------------------

  #read() {
    if (this.#version !== this.#shelf.version) {
      [this.#version, this.#seen, this.#days] = [this.#shelf.version, this.workOut(), null];
    }
    return this.#seen;
  }

  /** All rows in the shapes in which they are read. */
  workOut() {
    const settings = this.settings;
    const [zone, parts] = [settings.time_zone, /** @type {DayParts} */ (settings)];
    /** @param {Written} written */
    const marks = ({ isUnsent, isRefused }) => (isUnsent ? { unsent: true, ...(isRefused && { refused: true }) } : {});
    const hasNewNight = this.#shelf.rows('settings').get(this.id)?.isUnsent ?? false;
    /** @type {Map<Id, Episode>} */
    const byId = new Map();
    for (const [id, written] of this.#shelf.rows('episodes')) {
      const soreness = summaryOf([]);
      // What was just sent is as it was written here, until it comes back with what the service worked out.
      const isStored = !written.isUnsent && !hasNewNight && written.row.local_date !== undefined;
      const episode = isStored ? written.row : episodeOf(id, written.row, { known: written.known, parts, zone });
      byId.set(id, { ...episode, soreness, ...marks(written) });
    }
    /** @type {Map<Id, Soreness[]>} */
    const soreness = new Map();
    for (const [id, written] of this.#shelf.rows('soreness')) {
      const cramp = byId.get(id.slice(0, -11));
      if (!cramp) continue;
      const entry = { ...sorenessOf(id, written.row, cramp.local_date), ...marks(written) };
      soreness.set(cramp.id, [...(soreness.get(cramp.id) ?? []), entry]);
    }
    for (const [id, entries] of soreness) {
      entries.sort((one, other) => descending(other.date, one.date));
      const cramp = /** @type {Episode} */ (byId.get(id));
      cramp.soreness = summaryOf(entries);
    }
    const episodes = [...byId.values()].map((episode) => ({ episode, at: Date.parse(episode.started_at) }))
      .sort((one, other) => other.at - one.at || descending(one.episode.id, other.episode.id))
      .map(({ episode }) => episode);
    const treatments = [...this.#shelf.rows('treatments')]
      .map(([id, written]) => ({ ...treatmentOf(id, written.row), ...marks(written) }))
      .sort((one, other) => descending(one.started_on, other.started_on) || descending(one.id, other.id));
    const checkIns = new Map([...this.#shelf.rows('check_ins')]
      .map(([date, written]) => [date, { ...checkInOf(date, written.row), ...marks(written) }]));
    const covered = new Set([...checkIns.keys(), ...episodes.map(({ local_date }) => local_date)]);
    return { episodes, soreness, checkIns, treatments, byId, covered };
  }

  /** Newest first. @returns {Episode[]} */
  get episodes() {
    return this.#read().episodes;
  }

  /** By date. @returns {Map<LocalDate, CheckIn>} */
  get checkIns() {
    return this.#read().checkIns;
  }

  /** Newest first. @returns {Treatment[]} */
  get treatments() {
    return this.#read().treatments;
  }

  /** @param {Id} id @returns {Episode | undefined} */
  episode(id) {
    return this.#read().byId.get(id);
  }

  /** By date. @param {Id} episodeId @returns {Soreness[]} */
  soreness(episodeId) {
    return this.#read().soreness.get(episodeId) ?? [];
  }

  /** Whether a date has a cramp or a check-in. @param {LocalDate} date */
  isCovered(date) {
    return this.#read().covered.has(date);
  }

  /** @param {LocalDate} today */
  #record(today) {
    const { episodes, checkIns } = this.#read();
    if (this.#days?.today === today) return this.#days;
    this.#days = new DayRecord(episodes, checkIns.values(), { parts: this.settings, today });
    return this.#days;
  }

  /** The zone in which cramps are logged: here, or where the person is for whom somebody else logs. */
  get zone() {
    const { time_zone } = this.settings;
    return this.isMine || !isZone(time_zone) ? zoneHere() : time_zone;
  }

  /** @param {Date} [now] @returns {LocalDate} */
  today(now = new Date()) {
    return wallClock(now, this.zone).date;
  }

  // Cramps ------------------------------------------------------------------------------------------------------------

  /**
   * Without `started_at` it begins now, and is open until somebody lets go.
   * @param {Partial<EpisodeFields>} [fields]
   * @returns {Promise<Id>}
   */
  async logCramp(fields = {}) {
    const id = newId();
    const now = new Date();
    const time_zone = fields.time_zone ?? this.zone;
    const started_at = fields.started_at ?? new Date(Math.floor(now.getTime() / 1000) * 1000).toISOString();
    const recorded_at = now.toISOString();
    const row = clean({ ...fields, started_at: write(started_at, time_zone), time_zone, recorded_at });
    const isOpen = row.duration_seconds === undefined && Math.abs(now.getTime() - Date.parse(started_at)) <= JUST_NOW;
    const open = isOpen ? { [this.#open]: { id, started_at: row.started_at } } : {};
    await this.#shelf.write([{ table: 'episodes', id, row }], open);
    return id;
  }

  /** `null` clears. @param {Id} id @param {Partial<EpisodeFields>} fields */
  async changeCramp(id, fields) {
    const said = clean(fields);
    const next = { ...this.#row('episodes', id), ...said };
    if (fields.started_at !== undefined || fields.time_zone !== undefined) {
      said.started_at = write(next.started_at, next.time_zone ?? this.zone);
    }
    await this.#put('episodes', id, said);
  }

  /** Takes back what was just logged. Of a cramp that was never sent no trace is left. @param {Id} id */
  async undoCramp(id) {
    await this.deleteCramp(id);
  }

  /** @param {Id} id @returns {Promise<() => Promise<void>>} undo, which brings back the cramp and its soreness */
  async deleteCramp(id) {
    const former = [
      { table: /** @type {const} */ ('episodes'), id, row: this.#row('episodes', id) },
      ...this.soreness(id).map(({ date }) => ({
        table: /** @type {const} */ ('soreness'), id: `${id}.${date}`, row: this.#row('soreness', `${id}.${date}`),
      })),
    ];
    const closed = this.openCramp?.id === id ? { [this.#open]: undefined } : {};
    await this.#shelf.write(former.map((change) => ({ ...change, row: null })), closed);
    return () => this.#shelf.write(former);
  }

  /**
   * The row as it is written, which may say more than this app knows.
   * @param {Table} table
   * @param {Id} id
   * @returns {any}
   */
  #row(table, id) {
    const row = this.#shelf.rows(table).get(id)?.row;
    if (!row) throw new TypeError(`there is no ${id} in ${table}`);
    return row;
  }

  // The cramp that is going on ----------------------------------------------------------------------------------------

  get #open() {
    return `open/${this.id}`;
  }

  /**
   * A cramp that was begun here less than an hour ago, and of which nobody has said that it is over.
   * @returns {OpenCramp | null}
   */
  get openCramp() {
    const open = /** @type {OpenCramp | undefined} */ (this.#shelf.recall(this.#open));
    if (!open || !this.#shelf.rows('episodes').has(open.id)) return null;
    const age = Date.now() - Date.parse(open.started_at);
    return age >= -JUST_NOW && age < OPEN_FOR ? open : null;
  }

  /**
   * The cramp is over: writes how long it lasted and, with a measure, that this brought relief, and what had not.
   * @param {{ measure?: Measure, tried?: Measure[] }} [how]
   */
  async letGo({ measure, tried = [] } = {}) {
    const open = this.openCramp;
    if (!open) return;
    const row = this.#row('episodes', open.id);
    const seconds = Math.max(0, Math.round((Date.now() - Date.parse(open.started_at)) / 1000));
    const relief = [
      ...(row.relief ?? []),
      ...tried.filter((other) => other !== measure).map((other) => ({ measure: other, seconds_to_relief: null })),
      ...(measure ? [{ measure, seconds_to_relief: seconds }] : []),
    ];
    await this.#put('episodes', open.id, { duration_seconds: seconds, relief }, { [this.#open]: undefined });
  }

  /** It is not watched any more; nothing is said of how long it lasted. */
  async closeCramp() {
    await this.#shelf.remember(this.#open, undefined);
  }

  // Days, treatments, settings ----------------------------------------------------------------------------------------

  /** @param {Id} episodeId @param {LocalDate} date @param {SorenessFields} body */
  async saveSoreness(episodeId, date, body) {
    await this.#put('soreness', `${episodeId}.${date}`, body);
  }

  /** @param {Id} episodeId @param {LocalDate} date */
  async deleteSoreness(episodeId, date) {
    await this.#shelf.write([{ table: 'soreness', id: `${episodeId}.${date}`, row: null }]);
  }

  /** @param {LocalDate} date @param {CheckInFields} body */
  async checkIn(date, body) {
    await this.#put('check_ins', date, body);
  }

  /** @param {LocalDate} date */
  async deleteCheckIn(date) {
    await this.#shelf.write([{ table: 'check_ins', id: date, row: null }]);
  }

  /** @param {Id | null} id null for a new one @param {TreatmentFields} body @returns {Promise<Id>} */
  async saveTreatment(id, body) {
    const its = id ?? newId();
    await this.#put('treatments', its, body);
    return its;
  }

  /** @param {Id} id @returns {Promise<() => Promise<void>>} undo */
  async deleteTreatment(id) {
    const row = this.#row('treatments', id);
    await this.#shelf.write([{ table: 'treatments', id, row: null }]);
    return () => this.#shelf.write([{ table: 'treatments', id, row }]);
  }

  /**
   * @param {Partial<Pick<Settings, 'display_name' | 'time_zone' | 'night_start' | 'night_end' | 'evening_start'>>}
   * fields
   */
  async changeSettings(fields) {
    await this.#put('settings', this.id, fields);
  }

  /**
   * What is not named stays, also what this app does not know, and what another device has changed meanwhile.
   * @param {Table} table
   * @param {Id} id
   * @param {object} fields
   * @param {Record<string, unknown>} [small]
   */
  #put(table, id, fields, small) {
    const { row, known } = this.#shelf.rows(table).get(id) ?? {};
    const said = Object.entries(clean(fields));
    // A form says all of its fields, also those that were let be.
    const changed = said.filter(([name, value]) => JSON.stringify(value) !== JSON.stringify(row?.[name]));
    const next = { ...row, ...Object.fromEntries(said) };
    return this.#shelf.write([{ table, id, row: next, fields: Object.fromEntries(changed), seen: known }], small);
  }

  // Asking and telling ------------------------------------------------------------------------------------------------

  /** What to ask now: at most three, the most useful first. @param {Date} [now] @returns {Prompt[]} */
  prompts(now = new Date()) {
    const on = this.today(now);
    const dismissed = new Set(/** @type {string[]} */ (this.#shelf.recall(`dismissed/${this.id}`) ?? []));
    const diary = {
      episodes: this.episodes, soreness: (/** @type {Id} */ id) => this.soreness(id),
      isCovered: (/** @type {LocalDate} */ date) => this.isCovered(date),
    };
    const prompts = allPrompts(diary, on, { openId: this.openCramp?.id, now });
    return toAsk(prompts, (key) => dismissed.has(key));
  }

  /** Not to be asked again. @param {Pick<Prompt, 'key'>} prompt */
  async dismiss({ key }) {
    const before = /** @type {string[]} */ (this.#shelf.recall(`dismissed/${this.id}`) ?? []);
    const keys = [...before.filter((other) => other !== key), key].slice(-DISMISSED);
    await this.#shelf.remember(`dismissed/${this.id}`, keys);
  }

  /**
   * By default of the 90 days to today, on the clock of the diary, as the service has it.
   * @param {{ from?: LocalDate, to?: LocalDate }} [period]
   * @returns {Figures}
   */
  figures(period = {}) {
    const { time_zone } = this.settings;
    const today = wallClock(new Date(), isZone(time_zone) ? time_zone : zoneHere()).date;
    const to = period.to ?? today;
    const from = period.from ?? addDays(to, -89);
    return figuresOf(this.#record(today), { from, to }, this.treatments);
  }

  /** Rows of the night raster, newest last. @param {number} count @param {LocalDate} [today] @returns {Night[]} */
  nights(count, today = this.today()) {
    const { episodes, soreness, treatments } = this.#read();
    const isCovered = (/** @type {LocalDate} */ date) => this.isCovered(date);
    const diary = { episodes, soreness: [...soreness.values()].flat(), treatments, isCovered };
    return nightsOf(diary, this.settings, count, today);
  }
}
