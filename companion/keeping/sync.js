// Bringing all diaries of this phone and the service together, one tab at a time.

import { Problem } from '../ground/problem.js';
import { settled } from './conflicts.js';
import { keyOf } from './keep.js';
import * as plain from './plain.js';
import * as reports from './reports.js';
import { DiaryStore } from './store.js';
import { exclusively } from './turns.js';

/** @import { Conflict, DiaryHead, Id, Table } from '../types.js' */
/** @import { Keep } from './keep.js' */
/** @import { Tenure } from './tenure.js' */

/** @typedef {{ origin: string, token: (refused?: string) => Promise<string>, fetch: typeof fetch }} Service */
/**
 * @typedef {object} Line to the service, for anybody
 * @property {string} origin
 * @property {(refused: string | undefined, tenure: Tenure) => Promise<string>} token
 * @property {typeof fetch} fetch
 */
/** @typedef {{ headers?: Record<string, string>, as?: 'json' | 'text' | 'blob' | 'response', isPacked?: boolean }} How */
/** @typedef {{ tenure: Tenure, service: Service, etag: string, stores: Map<Id, DiaryStore> }} Run of one person */

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

/** A text as gzip. @param {string} [text] */
const packed = (text = '') =>
  new Response(new Blob([text]).stream().pipeThrough(new CompressionStream('gzip'))).blob();

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
      throw error instanceof Problem ? error : Problem.offline(error);
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
  #line;
  #name;
  #leases;
  /** @type {WeakMap<Tenure, Run>} */
  #runs = new WeakMap();

  /** @param {Keep} keep @param {Line} line @param {{ name: string, tab: string }} where */
  constructor(keep, line, { name, tab }) {
    this.#keep = keep;
    this.#line = line;
    this.#name = `${name}-sync`;
    this.#leases = leasesOf(keep, tab);
  }

  /** Nothing of one person serves another: no token, no tag, no store. @param {Tenure} tenure @returns {Run} */
  #runOf(tenure) {
    const known = this.#runs.get(tenure);
    if (known) return known;
    const { origin, token, fetch } = this.#line;
    const service = { origin, token: (/** @type {string=} */ no) => token(no, tenure), fetch: tenure.fetch(fetch) };
    const run = { tenure, service, etag: '', stores: new Map() };
    this.#runs.set(tenure, run);
    return run;
  }

  /**
   * @param {{ method: string, path: string, body: unknown }} what
   * @param {Tenure} tenure in which it is asked
   * @param {How} [how]
   * @returns {Promise<any>}
   */
  async call({ method, path, body }, tenure, { headers = {}, as = 'json', isPacked = false } = {}) {
    const [type, text] = body === undefined ? [{}] : [{ 'content-type': 'application/json' }, JSON.stringify(body)];
    const [coding, sent] = isPacked ? [{ 'content-encoding': 'gzip' }, await packed(text)] : [{}, text];
    const options = { method, headers: { ...type, ...coding, ...headers }, body: sent };
    const response = await ask(this.#runOf(tenure).service, path, options);
    if (as === 'response') return response;
    if (as === 'json') return response.status === 204 ? null : response.json();
    return as === 'text' ? response.text() : response.blob();
  }

  /**
   * Everything once: which diaries there are, and then those that this phone keeps.
   * @param {() => Id[]} kept which diaries are wanted here, once the list of them is known
   * @param {Tenure} tenure in which it ends at the latest
   * @returns {Promise<void>} fails with the first problem, after all else was tried
   */
  all(kept, tenure) {
    const work = () => tenure.within(() => this.#all(kept, this.#runOf(tenure)));
    return exclusively(this.#name, work, this.#leases);
  }

  /** @param {() => Id[]} kept @param {Run} run */
  async #all(kept, run) {
    await this.#heads(run);
    const waiting = this.#keep.waiting.map(({ diary }) => diary);
    const heads = /** @type {DiaryHead[]} */ (this.#keep.recall('diaries') ?? []);
    const wanted = new Set([...kept(), ...waiting]);
    /** @type {Problem | undefined} */
    let first;
    let isStale = false;
    for (const head of heads.filter(({ id, hasEnded }) => wanted.has(id) && !hasEnded)) {
      try {
        await this.#one(head, run);
      } catch (error) {
        const problem = problemOf(error);
        if (problem.isOffline || problem.status === 401 || problem.status === 0) throw problem;
        // A right has changed or ended: the list of diaries says which.
        if (problem.status === 403 || problem.status === 404) isStale = true;
        else first ??= problem;
      }
    }
    if (isStale) await this.#heads(run);
    if (first) throw first;
    await this.#keep.remember({ syncedAt: Date.now() }, run.tenure);
  }

  /** Which diaries there are. @param {Run} run */
  async #heads(run) {
    const former = /** @type {DiaryHead[]} */ (this.#keep.recall('diaries') ?? []);
    const heads = (await this.#fetchHeads(run)) ?? former.filter(({ hasEnded }) => !hasEnded);
    const unsent = new Set([...this.#keep.waiting, ...this.#keep.conflicts].map(({ diary }) => diary));
    for (const gone of former.filter(({ id }) => !heads.some((head) => head.id === id))) {
      await reports.forgetOne(gone.id).catch(() => {});
      // What was never sent stays until the person has looked at it.
      if (unsent.has(gone.id)) heads.push({ ...gone, hasEnded: true });
      else await this.#keep.forget(gone.id, run.tenure);
    }
    heads.sort((one, other) => Number(other.isMine) - Number(one.isMine));
    const isNew = JSON.stringify(heads) !== JSON.stringify(this.#keep.recall('diaries'));
    if (isNew) await this.#keep.remember({ diaries: heads }, run.tenure);
  }

  /** @param {Run} run @returns {Promise<DiaryHead[] | null>} null when they are the same as before */
  async #fetchHeads(run) {
    /** @type {DiaryHead[]} */
    const heads = [];
    for (let cursor = ''; cursor !== null;) {
      /** @type {Record<string, string>} */
      const headers = run.etag && !cursor ? { 'if-none-match': run.etag } : {};
      const response = await ask(run.service, `/v1/diaries?limit=200${cursor && `&cursor=${cursor}`}`, { headers });
      if (response.status === 304) {
        await response.arrayBuffer();
        return null;
      }
      const page = await response.json();
      for (const { id, display_name, role } of page.items) {
        heads.push({ id, display_name, role, isMine: role === 'owner' });
      }
      // Of several pages, the tag of one says nothing of the others.
      run.etag = cursor || page.next_cursor ? '' : response.headers.get('etag') ?? '';
      cursor = page.next_cursor;
    }
    return heads;
  }

  /** @param {Id} diary @param {Run} run */
  #storeOf(diary, { tenure, stores }) {
    const store = stores.get(diary) ?? new DiaryStore(this.#keep, diary, tenure);
    stores.set(diary, store);
    return store;
  }

  /** The diary as the adapter speaks to it. @param {Id} diary @param {Tenure} tenure @returns {plain.Address} */
  addressOf(diary, tenure) {
    const { origin, token, fetch } = this.#runOf(tenure).service;
    return { url: `${origin}/v1/diaries/${diary}`, token, fetch };
  }

  /** @param {DiaryHead} head @param {Run} run */
  async #one({ id }, run) {
    try {
      /** @type {plain.Resolve} */
      const resolve = (ours, theirs, change) => this.#resolve({ diary: id, ours, theirs, change }, run);
      await plain.sync(this.#storeOf(id, run), this.addressOf(id, run.tenure), resolve);
    } catch (error) {
      if (!(error instanceof plain.Refused)) throw error;
      if (error.status === 403) {
        await this.#refuseAll(id, error.problem ?? { status: 403, code: 'forbidden' }, run);
      }
      throw error;
    }
  }

  /**
   * The right to write has ended: the person sees what was not sent.
   * @param {Id} diary
   * @param {any} problem
   * @param {Run} run
   */
  async #refuseAll(diary, problem, { tenure }) {
    await this.#keep.write(async (session) => {
      for (const change of this.#keep.waiting.filter((other) => other.diary === diary)) {
        const key = keyOf(diary, change.table, change.id);
        const now = await session.get('outbox', key);
        if (now && !now.problem) session.set('outbox', key, { ...now, problem, sent: [] });
      }
    }, tenure);
  }

  /**
   * @param {{ diary: Id, ours: plain.Row, theirs: plain.Row, change: plain.Change }} met
   * @param {Run} run
   * @returns {Promise<plain.Row>}
   */
  async #resolve({ diary, ours, theirs, change }, { tenure }) {
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
    }, tenure);
    return row;
  }
}

/** @param {Record<string, any>} row @param {string[]} names */
const pick = (row, names) => Object.fromEntries(names.map((name) => [name, row[name] ?? null]));
