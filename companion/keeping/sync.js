// Bringing all diaries of this phone and the service together, one tab at a time.

import { Problem } from '../ground/problem.js';
import { settled } from './conflicts.js';
import { keyOf } from './keep.js';
import * as plain from './plain.js';
import { DiaryStore } from './store.js';
import { exclusively } from './turns.js';

/** @import { Conflict, DiaryHead, Id, Table } from '../types.js' */
/** @import { Keep } from './keep.js' */

/** @typedef {{ origin: string, token: (refused?: string) => Promise<string>, fetch: typeof fetch }} Service */

const MARK = 'lease/';

/**
 * Turns of tabs without Web Locks, kept in the database.
 * @param {Keep} keep
 * @param {string} tab
 * @returns {import('./turns.js').Leases}
 */
const leasesOf = (keep, tab) => ({
  take: (name, until) => keep.write(async (session) => {
    const held = await session.get('small', MARK + name);
    if (held && held.tab !== tab && held.until > Date.now()) return false;
    session.set('small', MARK + name, { tab, until });
    return true;
  }),
  give: (name) => keep.remember({ [MARK + name]: undefined }),
});

/**
 * Asks for something of the service: once more with another token when this one is no longer good.
 * @param {Service} service
 * @param {string} path
 * @param {RequestInit & { headers?: Record<string, string> }} [options]
 * @returns {Promise<Response>}
 */
export async function ask({ origin, token, fetch }, path, options = {}) {
  let bearer = await token();
  for (let tries = 1; ; tries += 1) {
    let response;
    try {
      const headers = { ...options.headers, authorization: `Bearer ${bearer}` };
      response = await fetch(origin + path, { signal: AbortSignal.timeout(60_000), ...options, headers });
    } catch (error) {
      throw Problem.offline(error);
    }
    if (response.ok || response.status === 304) return response;
    const problem = await Problem.of(response);
    if (problem.code !== 'unauthenticated' || tries > 1) throw problem;
    bearer = await token(bearer);
  }
}

/** What went wrong in the adapter, in our words. @param {unknown} error @returns {Problem} */
export function problemOf(error) {
  if (error instanceof Problem) return error;
  if (error instanceof plain.Refused) {
    if (error.problem?.code) return new Problem({ ...error.problem, status: error.status }, { retryAfter: error.wait });
    if (error.status >= 502 && error.status <= 504) return Problem.offline(error);
    return new Problem({ status: error.status, code: 'unknown' }, { cause: error });
  }
  const name = /** @type {Error} */ (error)?.name;
  // A connection that breaks, or an answer that does not come.
  if (error instanceof TypeError || name === 'TimeoutError' || name === 'AbortError') return Problem.offline(error);
  return new Problem({ status: 0, code: 'unknown', detail: String(error) }, { cause: error });
}

export class Syncing {
  #keep;
  #service;
  #name;
  #leases;
  #etag = '';
  /** @type {Map<Id, DiaryStore>} */
  #stores = new Map();

  /** @param {Keep} keep @param {Service} service @param {{ name: string, tab: string }} where */
  constructor(keep, service, { name, tab }) {
    this.#keep = keep;
    this.#service = service;
    this.#name = `${name}-sync`;
    this.#leases = leasesOf(keep, tab);
  }

  /** @param {string} path @param {RequestInit & { headers?: Record<string, string> }} [options] */
  ask(path, options) {
    return ask(this.#service, path, options);
  }

  /**
   * Everything once: which diaries there are, and then those that this phone keeps.
   * @param {() => Id[]} kept which diaries are wanted here, once the list of them is known
   * @returns {Promise<void>} fails with the first problem, after all else was tried
   */
  all(kept) {
    return exclusively(this.#name, async () => {
      await this.#heads();
      const waiting = this.#keep.waiting.map(({ diary }) => diary);
      const heads = /** @type {DiaryHead[]} */ (this.#keep.recall('diaries') ?? []);
      const wanted = new Set([...kept(), ...waiting]);
      /** @type {Problem | undefined} */
      let first;
      let isStale = false;
      for (const head of heads.filter(({ id, hasEnded }) => wanted.has(id) && !hasEnded)) {
        try {
          await this.#one(head);
        } catch (error) {
          const problem = problemOf(error);
          if (problem.isOffline || problem.status === 401 || problem.status === 0) throw problem;
          // A right has changed or ended: the list of diaries says which.
          if (problem.status === 403 || problem.status === 404) isStale = true;
          else first ??= problem;
        }
      }
      if (isStale) await this.#heads();
      if (first) throw first;
      await this.#keep.remember({ syncedAt: Date.now() });
    }, this.#leases);
  }

  /** Which diaries there are. */
  async #heads() {
    const former = /** @type {DiaryHead[]} */ (this.#keep.recall('diaries') ?? []);
    const heads = (await this.#fetchHeads()) ?? former.filter(({ hasEnded }) => !hasEnded);
    const unsent = new Set([...this.#keep.waiting, ...this.#keep.conflicts].map(({ diary }) => diary));
    for (const gone of former.filter(({ id }) => !heads.some((head) => head.id === id))) {
      // What was never sent stays until the person has looked at it.
      if (unsent.has(gone.id)) heads.push({ ...gone, hasEnded: true });
      else await this.#keep.forget(gone.id);
    }
    heads.sort((one, other) => Number(other.isMine) - Number(one.isMine));
    const isNew = JSON.stringify(heads) !== JSON.stringify(this.#keep.recall('diaries'));
    if (isNew) await this.#keep.remember({ diaries: heads });
  }

  /** @returns {Promise<DiaryHead[] | null>} null when they are the same as before */
  async #fetchHeads() {
    /** @type {DiaryHead[]} */
    const heads = [];
    for (let cursor = ''; cursor !== null;) {
      /** @type {Record<string, string>} */
      const headers = this.#etag && !cursor ? { 'if-none-match': this.#etag } : {};
      const response = await ask(this.#service, `/v1/diaries?limit=200${cursor && `&cursor=${cursor}`}`, { headers });
      if (response.status === 304) {
        await response.arrayBuffer();
        return null;
      }
      const page = await response.json();
      for (const { id, display_name, role } of page.items) {
        heads.push({ id, display_name, role, isMine: role === 'owner' });
      }
      // Of several pages, the tag of one says nothing of the others.
      this.#etag = cursor || page.next_cursor ? '' : response.headers.get('etag') ?? '';
      cursor = page.next_cursor;
    }
    return heads;
  }

  /** @param {Id} diary */
  #storeOf(diary) {
    const store = this.#stores.get(diary) ?? new DiaryStore(this.#keep, diary);
    this.#stores.set(diary, store);
    return store;
  }

  /** The diary as the adapter speaks to it. @param {Id} diary @returns {plain.Address} */
  addressOf(diary) {
    const { origin, token, fetch } = this.#service;
    return { url: `${origin}/v1/diaries/${diary}`, token, fetch };
  }

  /** @param {DiaryHead} head */
  async #one({ id }) {
    try {
      /** @type {plain.Resolve} */
      const resolve = (ours, theirs, change) => this.#resolve(id, ours, theirs, change);
      await plain.sync(this.#storeOf(id), this.addressOf(id), resolve);
    } catch (error) {
      if (!(error instanceof plain.Refused)) throw error;
      if (error.status === 403) await this.#refuseAll(id, error.problem ?? { status: 403, code: 'forbidden' });
      throw error;
    }
  }

  /** The right to write has ended: the person sees what was not sent. @param {Id} diary @param {any} problem */
  async #refuseAll(diary, problem) {
    await this.#keep.write(async (session) => {
      for (const change of this.#keep.waiting.filter((other) => other.diary === diary)) {
        const key = keyOf(diary, change.table, change.id);
        const now = await session.get('outbox', key);
        if (now && !now.problem) session.set('outbox', key, { ...now, problem, sent: [] });
      }
    });
  }

  /**
   * @param {Id} diary
   * @param {plain.Row} ours
   * @param {plain.Row} theirs
   * @param {plain.Change} change
   * @returns {Promise<plain.Row>}
   */
  async #resolve(diary, ours, theirs, change) {
    const { table, id, before, sent } = change;
    const { row, fields } = settled(table, { ours, theirs, before, sent });
    if (!fields.length) return row;
    const key = keyOf(diary, table, id);
    await this.#keep.write(async (session) => {
      const earlier = /** @type {Conflict | undefined} */ (await session.get('conflicts', key));
      const known = await session.get('rows', key);
      // What is not chosen yet of an earlier one stays.
      const former = earlier?.ours && ours ? pick(earlier.ours, earlier.fields) : {};
      const both = ours && { ...ours, ...former, ...pick(ours, fields) };
      session.set('conflicts', key, {
        diary, table: /** @type {Table} */ (table), id, ours: both, theirs, revision: known?.revision ?? 0,
        fields: [...new Set([...(earlier?.fields ?? []), ...fields])],
      });
    });
    return row;
  }
}

/** @param {Record<string, any>} row @param {string[]} names */
const pick = (row, names) => Object.fromEntries(names.map((name) => [name, row[name] ?? null]));
