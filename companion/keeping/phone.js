// What is on this phone, all of it together: who is signed in, the diaries, what waits to be sent, and what went wrong.

import { Diary } from '../diary/diary.js';
import { newId } from '../ground/ids.js';
import { withOurs } from './conflicts.js';
import { openDatabase } from './database.js';
import { Holder, soon } from './holder.js';
import { Keep, keyOf } from './keep.js';
import { Line } from './line.js';
import * as reports from './reports.js';
import { Rhythm } from './rhythm.js';
import { Session } from './session.js';
import { DiaryShelf } from './shelf.js';
import { Syncing, problemOf } from './sync.js';

/** @import { Account, Conflict, DiaryHead, Id, Refusal, Standing, StorageTrouble, Table } from '../types.js' */
/** @import { Problem } from '../ground/problem.js' */
/** @import { SessionLike } from './holder.js' */

/**
 * @typedef {object} Options
 * @property {string} [name] of the database
 * @property {string} [origin] where the service is
 * @property {typeof globalThis.fetch} [fetch]
 * @property {SessionLike} [session]
 * @property {boolean} [isLive] whether it syncs by itself and listens to the service
 */

/** @param {Options} [options] @returns {Promise<Phone>} */
export async function openPhone(options = {}) {
  const { name = 'cramp-diary' } = options;
  /** @type {Phone | undefined} */
  let phone;
  const database = await openDatabase(name, () => phone?.outdated());
  phone = new Phone(database, { ...options, name });
  await phone.begin();
  return phone;
}

export { Diary };

/**
 * Everything that is read answers at once, from memory; everything that is written resolves when it is on the disk.
 * Dispatches `change` when anything has changed.
 */
export class Phone extends EventTarget {
  /** Why the last sync did not end well, when it was neither the network nor the session. @type {Problem | null} */
  trouble = null;
  /** The chosen one. @type {Diary | null} */
  diary = null;

  #keep;
  #line;
  #holder;
  #syncing;
  #rhythm;
  #isTold = false;
  #isOutdated = false;

  /** @param {import('./database.js').Database} database @param {Options & { name: string }} options */
  constructor(database, { name, origin = globalThis.location?.origin ?? '', fetch = globalThis.fetch, ...more }) {
    const { session, isLive = globalThis.document !== undefined } = more;
    super();
    this.#keep = new Keep(database, name);
    this.#line = new Line(fetch, () => this.#changed());
    this.#holder = new Holder(this.#keep, session ?? new Session({ origin, fetch: this.#line.fetch }));
    const token = this.#holder.token.bind(this.#holder);
    const line = { origin, fetch: this.#line.fetch, token };
    this.#syncing = new Syncing(this.#keep, line, { name, tab: newId() });
    this.#rhythm = new Rhythm({
      isDue: () => this.standing === 'signed_in',
      once: () => this.#once(),
      failed: (problem) => this.#failed(problem),
      returned: () => void this.#holder.settle(),
      watched: () => this.diary && this.#syncing.addressOf(this.diary.id, this.#keep.tenure),
      setOnline: (isOnline) => this.#line.setOnline(isOnline),
      isLive,
    });
  }

  /** Reads what is kept here, and begins to sync. */
  async begin() {
    await this.#keep.load();
    let owner = this.#keep.recall('owner');
    this.#keep.addEventListener('change', () => {
      // Another tab has signed somebody out, or in, and brought a diary.
      const isAnother = owner !== this.#keep.recall('owner');
      owner = this.#keep.recall('owner');
      const isNew = this.account !== null && this.diary === null && this.diaries.length > 0;
      if (isAnother || isNew) void this.#changeHands(isAnother).catch(() => {});
      this.#changed();
    });
    if (this.account) await this.#show(this.#chosen());
    else await soon(this.#resume());
    this.#rhythm.begin();
  }

  /** Another page has changed the database, and this one must be loaded again. */
  outdated() {
    this.#isOutdated = true;
    this.#changed();
  }

  // What there is -----------------------------------------------------------------------------------------------------

  /** @returns {Account | null} */
  get account() {
    return this.#holder.account;
  }

  /** @returns {Standing} */
  get standing() {
    return this.#holder.standing;
  }

  /** Whether the last request reached the service. */
  get isOnline() {
    return this.#line.isOnline;
  }

  /** Seconds that the phone's clock is ahead of the service's, when it is more than two minutes; else null. */
  get clockOff() {
    return this.#line.clockOff;
  }

  /** Everything that the service does not have yet, also what it refused, over all diaries. */
  get waiting() {
    return this.#keep.waiting.length;
  }

  /**
   * All of it, to be looked at and given up.
   * @returns {{ diary: Id, table: Table, id: Id, row: any }[]}
   */
  get unsent() {
    return this.#keep.waiting.map(({ diary, table, id, row }) => ({ diary, table, id, row }));
  }

  /** @returns {Refusal[]} */
  get refused() {
    return this.#keep.waiting.filter(({ problem }) => problem)
      .map(({ diary, table, id, problem, row }) => ({ diary, table, id, problem, row }));
  }

  /** @returns {Conflict[]} */
  get conflicts() {
    return this.#keep.conflicts;
  }

  /** @returns {StorageTrouble | null} */
  get storage() {
    return this.#isOutdated ? 'newer' : this.#keep.trouble;
  }

  /** @returns {Date | null} */
  get syncedAt() {
    const at = this.#keep.recall('syncedAt');
    return at ? new Date(at) : null;
  }

  /** Own first. @returns {DiaryHead[]} */
  get diaries() {
    return this.#keep.recall('diaries') ?? [];
  }

  // Who ---------------------------------------------------------------------------------------------------------------

  /**
   * Where the phone holds what somebody else has not sent, this and `signIn` throw `held_for_another`, unless that is
   * to be discarded.
   * @param {{ email: string, password: string, display_name?: string | null, time_zone?: string, device_name?: string,
   *   discard?: boolean }} account
   */
  async register(account) {
    await this.#holder.register(account);
    await this.#begun();
  }

  /** @param {{ email: string, password: string, code?: string, device_name?: string, discard?: boolean }} who */
  async signIn(who) {
    await this.#holder.signIn(who);
    await this.#begun();
  }

  /** Has a mail sent to whoever forgot the password. @param {string} email */
  askForMail(email) {
    return this.#holder.askForMail(email);
  }

  /** By a passkey alone. @param {{ device_name?: string, discard?: boolean }} who */
  async signInByPasskey(who) {
    await this.#holder.signInByPasskey(who);
    await this.#begun();
  }

  /** Shows once more, by a passkey, that it is they. */
  async stepUpByPasskey() {
    await this.stepUp({ passkey: await this.#holder.signedByPasskey() });
  }

  /** Another person has this phone, or nobody. @param {boolean} isAnother */
  async #changeHands(isAnother) {
    if (isAnother) this.#rhythm.rest();
    if (isAnother) this.diary = null;
    await this.#show(this.account ? this.#chosen() : undefined);
  }

  async #begun() {
    await this.sync();
    this.#rhythm.watch();
  }

  async #resume() {
    if (await this.#holder.resume()) await this.#begun();
  }

  /**
   * Takes away everything that is here, and ends the session, also without a network: then the session ends when there
   * is one. Ask the person first while something is `waiting`.
   */
  async signOut() {
    try {
      await this.#holder.signOut();
    } finally {
      await this.#changeHands(true);
    }
    await soon(this.#holder.settle());
  }

  /** @param {{ password?: string, code?: string, passkey?: object }} proof */
  async stepUp(proof) {
    await this.call('POST', '/v1/auth/step-up', proof);
  }

  /**
   * Asks the service for something.
   * @param {string} method
   * @param {string} path from `/v1` on
   * @param {unknown} [body]
   * @param {import('./sync.js').How} [how]
   * @returns {Promise<any>} throws a Problem, `signed_out` when the phone has changed hands meanwhile
   */
  async call(method, path, body, how) {
    const { tenure } = this.#keep;
    try {
      return await this.#syncing.call({ method, path, body }, tenure, how);
    } catch (error) {
      const problem = problemOf(error);
      if (await this.#holder.hasEnded(problem, tenure)) this.#rhythm.rest();
      throw problem;
    }
  }

  // In step -----------------------------------------------------------------------------------------------------------

  /** Resolves when it is done. What failed is not thrown: see `isOnline`, `standing`, `refused`, `trouble`. */
  async sync() {
    await this.#rhythm.sync();
  }

  async #once() {
    const { tenure } = this.#keep;
    try {
      await this.#syncing.all(() => [this.#own(), this.#chosen()].filter((id) => id !== undefined), tenure);
      this.trouble = null;
    } catch (error) {
      // What went wrong for somebody is nothing to who comes after them.
      if (!tenure.signal.aborted) throw error;
    } finally {
      await this.#show(this.#chosen());
    }
  }

  /** @param {Problem} problem */
  async #failed(problem) {
    this.trouble = problem.isOffline || problem.status === 401 || problem.code === 'signed_out' ? null : problem;
    if (problem.isOffline) this.#line.setOnline(false);
    if (await this.#holder.hasEnded(problem, this.#keep.tenure)) this.#rhythm.rest();
    this.#changed();
  }

  // Diaries -----------------------------------------------------------------------------------------------------------

  /** @returns {Id | undefined} */
  #own() {
    return this.diaries.find(({ isMine }) => isMine)?.id;
  }

  /** @returns {Id | undefined} */
  #chosen() {
    const chosen = this.#keep.recall('chosen');
    return this.diaries.some(({ id }) => id === chosen) ? chosen : this.#own() ?? this.diaries[0]?.id;
  }

  /** @param {Id} diaryId */
  async choose(diaryId) {
    await this.#keep.remember({ chosen: diaryId });
    await this.#show(diaryId);
    void this.sync();
  }

  /** @param {Id | undefined} id */
  async #show(id) {
    const { tenure } = this.#keep;
    await this.#holder.update(this.#own() ?? null);
    if (this.diary?.id === id) return;
    const head = this.diaries.find((other) => other.id === id);
    if (head) await this.#keep.loadDiary(head.id);
    if (tenure.signal.aborted || (head && this.diary?.id === head.id)) return;
    this.diary = head ? new Diary(new DiaryShelf(this.#keep, head, () => void this.sync(), tenure)) : null;
    this.#rhythm.watch();
    this.#changed();
  }

  // What was not agreed on --------------------------------------------------------------------------------------------

  /** @param {Conflict} conflict */
  async keepOurs({ diary, table, id, ours, fields }) {
    const { tenure } = this.#keep;
    await this.#keep.loadDiary(diary);
    const now = this.#keep.written(diary, table).get(id)?.row ?? null;
    const key = keyOf(diary, table, id);
    await this.#keep.writeRows(diary, [{ table, id, row: withOurs({ ours, fields }, now) }], {
      also: (session) => session.set('conflicts', key, undefined), tenure,
    });
    void this.sync();
  }

  /** @param {Conflict} conflict */
  async keepTheirs({ diary, table, id }) {
    await this.#keep.write(async (session) => session.set('conflicts', keyOf(diary, table, id), undefined));
  }

  /**
   * This is not sent any more, as it was refused, or because the right has ended.
   * @param {Pick<Refusal, 'diary' | 'table' | 'id'>} unsent
   */
  async giveUp({ diary, table, id }) {
    const { tenure } = this.#keep;
    await this.#keep.loadDiary(diary);
    const isGone = table === 'episodes' && !this.#keep.known(diary, table, id)?.row;
    // Nothing else can be said of a cramp that is not there.
    const after = this.#keep.waiting.filter((other) => other.id.startsWith(`${id}.`) && other.diary === diary);
    const keys = [{ table, id }, ...(isGone ? after : [])].map((change) => keyOf(diary, change.table, change.id));
    await this.#keep.write(async (session) => keys.forEach((key) => session.set('outbox', key, undefined)), tenure);
    // A diary that was here only for the sake of this may go.
    void this.sync();
  }

  // Small things ------------------------------------------------------------------------------------------------------

  /** @param {string} key @param {unknown} value undefined forgets */
  async remember(key, value) {
    await this.#keep.remember({ [`app/${key}`]: value });
  }

  /** @param {string} key @returns {any} */
  recall(key) {
    return this.#keep.recall(`app/${key}`);
  }

  /** Asks the browser not to clear this away. */
  async requestPersistence() {
    return (await globalThis.navigator?.storage?.persist?.()) ?? false;
  }

  /**
   * Fetches the report and keeps it for reading without a network.
   * @param {Id} diaryId
   * @param {Record<string, string>} [query] from, to, lang
   * @returns {Promise<string>} the address at which it is read
   */
  async fetchReport(diaryId, query = {}) {
    const asked = new URLSearchParams(query).toString();
    const path = `/v1/diaries/${diaryId}/report${asked && `?${asked}`}`;
    const how = { headers: { accept: 'text/html' }, as: /** @type {const} */ ('response') };
    const { tenure } = this.#keep;
    return reports.keep(diaryId, await this.call('GET', path, undefined, how), tenure);
  }

  /** When the report that is kept here was fetched. @param {Id} diaryId */
  reportKept(diaryId) {
    return reports.keptAt(diaryId);
  }

  /** Lets go of everything; for the end of a page. */
  close() {
    this.#rhythm.close();
    this.#keep.close();
  }

  #changed() {
    if (this.#isTold) return;
    this.#isTold = true;
    queueMicrotask(() => {
      this.#isTold = false;
      this.dispatchEvent(new Event('change'));
    });
  }
}
