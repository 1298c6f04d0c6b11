// The change log of a diary over fetch, for apps to copy: `sync`, and `watch` or `listen`.

/**
 * @typedef {'settings' | 'episodes' | 'treatments' | 'check_ins' | 'soreness'} Table
 * @typedef {Record<string, any> | null} Row `null` is a deleted one
 * @typedef {{ table: Table, id: string, revision: number, row: Row }} Known what the service has of a row
 * @typedef {{ cursor: string, etag?: string | null }} Position
 *
 * @typedef {object} Change what waits to be sent of a row
 * @property {Table} table
 * @property {string} id
 * @property {Row} row
 * @property {number} base_revision the revision at which it was written, 0 for a new row
 * @property {Row} before the row at that revision
 * @property {number | string} edit another one with each write
 * @property {Row[]} [sent] what was on its way since then, and may have arrived
 * @property {any} [problem] why the service refused it
 *
 * @typedef {object} Store what the app keeps of a diary; each method is one transaction
 * @property {() => Awaitable<Position>} position
 * @property {(changes: Known[], position: Position, how?: { everything?: boolean }) => Awaitable<void>} apply
 * @property {() => Awaitable<Change[]>} pending
 * @property {(change: Change) => Awaitable<boolean>} knows
 * @property {(changes: Change[]) => Awaitable<Change[]>} sending
 * @property {(change: Change, revision: number) => Awaitable<void>} done
 * @property {(change: Change, next?: Change) => Awaitable<void>} replace
 *
 * @typedef {object} Address of a diary
 * @property {string} url `https://…/v1/diaries/me`, or with the id of a shared diary
 * @property {(refused?: string) => Awaitable<string>} token gives an access token; it is handed one that was refused
 * @property {typeof globalThis.fetch} [fetch] in place of the global one, to see what comes and goes
 *
 * @typedef {(ours: Row, theirs: Row, change: Change) => Awaitable<Row>} Resolve
 */
/** @template T @typedef {T | Promise<T>} Awaitable */

const AT_ONCE = 100;
/** Milliseconds after which an answer, or anything at all from a stream of events, is given up. */
const [ANSWER, SILENCE] = [60_000, 40_000];
/** So many seconds are waited within a sync at most. */
const PATIENCE = 60;

/**
 * What a row is to say when both sides changed it: what was changed here over what was changed there, field by field.
 * `null` stands for a deleted row. What was deleted on one side stays deleted, but for a row that is new here, such as
 * a check-in of a day whose old one somebody deleted.
 * @type {Resolve}
 */
export function merge(ours, theirs, { before }) {
  if (!ours) return null;
  if (!theirs) return before ? null : ours;
  /** @param {[string, any]} field */
  const changed = ([name, value]) => JSON.stringify(value) !== JSON.stringify(before?.[name]);
  return { ...theirs, ...Object.fromEntries(Object.entries(ours).filter(changed)) };
}

/** An answer that is neither 2xx nor 304. `wait` is its `Retry-After`, in seconds. */
export class Refused extends Error {
  /** The body, when it is one of the service. @type {any} */
  problem;

  /** @param {Response} response @param {string} text */
  constructor(response, text) {
    super(`the server answered ${response.status}: ${text}`);
    this.status = response.status;
    this.wait = Number(response.headers.get('retry-after')) || 0;
    try {
      this.problem = JSON.parse(text);
    } catch {
      // A proxy has said it.
    }
  }
}

/** @param {number} seconds @param {AbortSignal} [signal] */
const sleep = (seconds, signal) => new Promise((done) => {
  const timer = setTimeout(done, seconds * 1000);
  signal?.addEventListener('abort', () => (clearTimeout(timer), done(undefined)), { once: true });
});

/**
 * Asks, and once more with another token when this one is no longer good, and later when it is told to.
 * @param {Address} diary
 * @param {string} path
 * @param {Omit<RequestInit, 'signal'> & { signal?: () => AbortSignal }} [options]
 */
async function ask({ url, token, fetch = globalThis.fetch }, path, options = {}) {
  const { headers, signal = () => AbortSignal.timeout(ANSWER), ...rest } = options;
  let bearer = await token();
  for (let tries = 1; ; tries += 1) {
    const authorized = { ...headers, authorization: `Bearer ${bearer}` };
    const response = await fetch(url + path, { ...rest, headers: authorized, signal: signal() });
    if (response.ok || response.status === 304) return response;
    const refused = new Refused(response, await response.text());
    const isLater = [429, 503].includes(refused.status) && refused.wait <= PATIENCE;
    if (tries === 5 || !(isLater || refused.status === 401)) throw refused;
    if (isLater) {
      await sleep((refused.wait || 2 ** tries) + Math.random());
    } else {
      const refreshed = await token(bearer);
      if (refreshed === bearer) throw refused;
      bearer = refreshed;
    }
  }
}

/**
 * Fetches what changed. An ETag makes it a 304 when nothing did.
 * @param {Store} store
 * @param {Address} diary
 */
export async function pull(store, diary) {
  let { cursor, etag } = await store.position();
  /** @type {Known[] | undefined} */
  let fresh;
  for (let more = true; more;) {
    let response;
    try {
      response = await ask(diary, `/changes?since=${cursor}`, { headers: etag ? { 'if-none-match': etag } : {} });
    } catch (error) {
      if (!(error instanceof Refused && error.problem?.code === 'resync_required')) throw error;
      // The rows that are here stay until all of the new ones have come.
      [cursor, etag, fresh] = ['0', undefined, []];
      continue;
    }
    if (response.status === 304) {
      // What is not read counts as broken off.
      await response.arrayBuffer();
      return;
    }
    const page = await response.json();
    ({ cursor, has_more: more } = page);
    // Between two pages, the tag is that of what is not all here yet.
    const position = more ? { cursor } : { cursor, etag: response.headers.get('etag') };
    if (!fresh) await store.apply(page.changes, position);
    else if (fresh.push(...page.changes) && !more) await store.apply(fresh, position, { everything: true });
  }
}

/**
 * What can be sent now: no soreness of a cramp that itself waits.
 * @param {Change[]} pending
 * @param {Set<Change['edit']>} postponed
 */
function due(pending, postponed) {
  const cramps = new Set(pending.filter(({ table }) => table === 'episodes').map(({ id }) => id));
  /** @param {Change} change */
  const waits = ({ table, id }) => table === 'soreness' && cramps.has(id.slice(0, -'.2026-03-29'.length));
  return pending.filter((change) => !change.problem && !postponed.has(change.edit) && !waits(change));
}

/**
 * Somebody else has changed a row, or deleted it, then it is `null`: what it is to be now, on top of that.
 * @param {Store} store
 * @param {Change} change
 * @param {Row} theirs
 * @param {number} revision
 * @param {Resolve} resolve
 */
async function settle(store, change, theirs, revision, resolve) {
  const { table, id } = change;
  if (revision > 0) await store.apply([{ table, id, revision, row: theirs }], await store.position());
  const row = await resolve(change.row, theirs, change);
  const next = { ...change, row, base_revision: revision, before: theirs, sent: [] };
  await store.replace(change, row === theirs ? undefined : next);
}

/**
 * Sends what was written here. Answers whether there was anything to send.
 * @param {Store} store
 * @param {Address} diary
 * @param {Resolve} [resolve]
 */
export async function push(store, diary, resolve = merge) {
  /** @type {Set<Change['edit']>} */
  const postponed = new Set();
  let atOnce = AT_ONCE;
  for (let sent = false; ; sent = true) {
    let batch = due(await store.pending(), postponed).slice(0, atOnce);
    if (!batch.length) return sent;
    // It was known here and is not there now: it was deleted so long ago that nobody remembers, and must not come back.
    const lost = [];
    for (const change of batch) if (change.base_revision > 0 && !(await store.knows(change))) lost.push(change);
    for (const change of lost) await settle(store, change, null, 0, resolve);
    if (lost.length) continue;

    // What was taken back or written anew since it was read is not sent.
    batch = await store.sending(batch);
    if (!batch.length) continue;
    const changes = batch.map(({ table, id, row, base_revision }) => (
      row ? { table, id, op: 'put', row, base_revision } : { table, id, op: 'delete', base_revision }
    ));
    let results;
    try {
      const headers = { 'content-type': 'application/json' };
      const response = await ask(diary, '/changes', { method: 'POST', headers, body: JSON.stringify({ changes }) });
      ({ results } = await response.json());
    } catch (error) {
      if (!(error instanceof Refused && error.status === 413)) throw error;
      const problem = error.problem ?? { status: 413 };
      if (batch.length === 1) await store.replace(batch[0], { ...batch[0], problem, sent: [] });
      atOnce = Math.ceil(batch.length / 2);
      continue;
    }
    for (const [number, { outcome, revision, row, problem }] of results.entries()) {
      const change = batch[number];
      if (outcome === 'conflict') await settle(store, change, row, revision, resolve);
      else if (outcome !== 'rejected') await store.done(change, revision ?? 0);
      else if ([429, 503].includes(problem.status)) postponed.add(change.edit);
      // Soreness goes with its cramp.
      else if (problem.code === 'gone') await store.replace(change);
      else await store.replace(change, { ...change, problem, sent: [] });
    }
  }
}

/** @type {WeakMap<Store, Promise<void>>} */
const running = new WeakMap();

/**
 * Pulls, pushes, and pulls what came of it: one at a time for each store. To pull comes first, as a device that was
 * away for too long learns only by that what was deleted meanwhile.
 *
 * `resolve(ours, theirs, change)` says what a row is to be that was changed on the service; `change.before` is what
 * both began with. Where answers were lost, `theirs` may be one of `change.sent`, and so our own.
 * @param {Store} store
 * @param {Address} diary
 * @param {Resolve} [resolve]
 */
export function sync(store, diary, resolve = merge) {
  const once = async () => {
    await pull(store, diary);
    if (await push(store, diary, resolve)) await pull(store, diary);
  };
  const next = Promise.resolve(running.get(store)).catch(() => {}).then(once);
  running.set(store, next);
  return next;
}

/**
 * The ids of the events of a stream. When nothing comes for too long, `lost` is called, which ends it.
 * @param {ReadableStream<any>} body
 * @param {() => void} lost
 */
async function* events(body, lost) {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  for (let text = ''; ;) {
    const timer = setTimeout(lost, SILENCE);
    const { done, value } = await reader.read().finally(() => clearTimeout(timer));
    if (done) return;
    const whole = (text + value).split('\n\n');
    text = whole.pop() ?? '';
    for (const event of whole) {
      const id = /^id: (\d+)$/m.exec(event)?.[1];
      if (id) yield id;
    }
  }
}

/**
 * Calls `changed` now, and whenever the diary changes, until `signal` is aborted; comes again when the connection is
 * lost. `trouble` hears of each try that failed. Throws a `Refused` when the diary can't be seen any more, or nobody is
 * signed in.
 * @param {Address} diary
 * @param {() => Awaitable<unknown>} changed
 * @param {{ signal?: AbortSignal, trouble?: (error: unknown) => void }} [options]
 */
export async function watch(diary, changed, { signal, trouble } = {}) {
  /** @type {string | undefined} */
  let last;
  for (let failures = 0; !signal?.aborted; failures += 1) {
    const lost = new AbortController();
    const either = signal ? AbortSignal.any([signal, lost.signal]) : lost.signal;
    try {
      const headers = { accept: 'text/event-stream', ...(last && { 'last-event-id': last }) };
      const { body } = await ask(diary, '/events', { headers, signal: () => either });
      await changed();
      for await (const id of events(/** @type {ReadableStream} */ (body), () => lost.abort())) {
        await changed();
        [last, failures] = [id, 0];
      }
    } catch (error) {
      if (signal?.aborted) return;
      if ([401, 403, 404].includes(/** @type {any} */ (error)?.status)) throw error;
      trouble?.(error);
    } finally {
      lost.abort();
    }
    await sleep(Math.random() * Math.min(60, 2 ** (failures + 1)), signal);
  }
}

/**
 * Syncs now, and whenever the diary changes: see `watch`.
 * @param {Store} store
 * @param {Address} diary
 * @param {{ resolve?: Resolve, signal?: AbortSignal, trouble?: (error: unknown) => void }} [options]
 */
export function listen(store, diary, { resolve = merge, ...options } = {}) {
  return watch(diary, () => sync(store, diary, resolve), options);
}
