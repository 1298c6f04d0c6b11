// The change log of a diary over fetch, for apps to copy: a store, and `sync` or `listen`.

const AT_ONCE = 100;
/** Milliseconds after which an answer, or anything at all from a stream of events, is given up. */
const [ANSWER, SILENCE] = [60_000, 40_000];
/** So many seconds are waited within a sync at most. */
const PATIENCE = 60;

const keyOf = ({ table, id }) => `${table}/${id}`;

/**
 * What a device keeps, in memory. An app writes the same methods over its database, each of them as one transaction;
 * they may be asynchronous. A row that was deleted stays with `row: null`, for its revision.
 */
export class MemoryStore {
  #rows = new Map();
  #outbox = new Map();
  #position = { cursor: '0' };
  #edits = 0;

  // For the app.

  /** What the person sees of a row: what was written here goes before what was pulled; `null` when there is none. */
  get(table, id) {
    const key = keyOf({ table, id });
    return (this.#outbox.get(key) ?? this.#rows.get(key))?.row ?? null;
  }

  /** All rows of a table by id, as the person sees them. */
  all(table) {
    const items = [...this.#rows.values(), ...this.#outbox.values()].filter((item) => item.table === table);
    const rows = items.map(({ id }) => [id, this.get(table, id)]);
    return Object.fromEntries(rows.filter(([, row]) => row !== null));
  }

  /** Writes the whole row; `null` deletes it. What waits to be sent of it already keeps its base. */
  write(table, id, row) {
    const key = keyOf({ table, id });
    const { revision = 0, row: before = null } = this.#rows.get(key) ?? {};
    const { base_revision, before: old } = this.#outbox.get(key) ?? { base_revision: revision, before };
    this.#outbox.set(key, { table, id, row, base_revision, before: old, edit: (this.#edits += 1) });
  }

  /** What the service refused, each with its `problem`: to be written once more, or discarded. */
  refused() {
    return this.pending().filter(({ problem }) => problem);
  }

  /** Takes back what was written and not sent yet. */
  discard(table, id) {
    this.#outbox.delete(keyOf({ table, id }));
  }

  // For `sync`.

  /** Up to where everything was pulled: a cursor, and an ETag when the device has all that there was. */
  position() {
    return this.#position;
  }

  /** Takes in what was pulled. When it is `everything`, it takes the place of all rows. The outbox stays. */
  apply(changes, position, { everything = false } = {}) {
    if (everything) this.#rows.clear();
    for (const { table, id, revision, row } of changes) {
      this.#rows.set(keyOf({ table, id }), { table, id, revision, row });
    }
    this.#position = position;
  }

  /** The changes to send, in the order in which their rows were first written. Each write gives another `edit`. */
  pending() {
    return [...this.#outbox.values()];
  }

  /** Whether anything is known of a row, be it that it was deleted. */
  knows(change) {
    return this.#rows.has(keyOf(change));
  }

  /** A change was done, and its row is at this revision. What was written meanwhile goes on from there. */
  done({ table, id, row, edit }, revision) {
    const key = keyOf({ table, id });
    const known = this.#rows.get(key);
    if (!known || known.revision < revision) this.#rows.set(key, { table, id, revision, row });
    const now = this.#outbox.get(key);
    if (now?.edit === edit) this.#outbox.delete(key);
    else if (now) this.#outbox.set(key, { ...now, base_revision: revision, before: row });
  }

  /** Another change takes the place of one, or none, unless the person has written meanwhile. */
  replace(change, next) {
    const key = keyOf(change);
    if (this.#outbox.get(key)?.edit !== change.edit) return;
    if (next) this.#outbox.set(key, next);
    else this.#outbox.delete(key);
  }
}

/**
 * What a row is to say when both sides changed it: what was changed here over what was changed there, field by field.
 * `null` stands for a deleted row. What was deleted on one side stays deleted, but for a row that is new here, such as
 * a check-in of a day whose old one somebody deleted.
 */
export function merge(ours, theirs, { before }) {
  if (!ours) return null;
  if (!theirs) return before ? null : ours;
  const changed = ([name, value]) => JSON.stringify(value) !== JSON.stringify(before?.[name]);
  return { ...theirs, ...Object.fromEntries(Object.entries(ours).filter(changed)) };
}

/** An answer that is neither 2xx nor 304. `wait` is its `Retry-After`, in seconds. */
export class Refused extends Error {
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

const sleep = (seconds, signal) => new Promise((done) => {
  const timer = setTimeout(done, seconds * 1000);
  signal?.addEventListener('abort', () => (clearTimeout(timer), done()), { once: true });
});

/** Asks, and once more with another token when this one is no longer good, and later when it is told to. */
async function ask({ url, token }, path, { headers, signal = () => AbortSignal.timeout(ANSWER), ...options } = {}) {
  let bearer = await token();
  for (let tries = 1; ; tries += 1) {
    const authorized = { ...headers, authorization: `Bearer ${bearer}` };
    const response = await fetch(url + path, { ...options, headers: authorized, signal: signal() });
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

/** Fetches what changed. An ETag makes it a 304 when nothing did. */
export async function pull(store, diary) {
  let { cursor, etag } = await store.position();
  let fresh;
  for (let more = true; more;) {
    let response;
    try {
      response = await ask(diary, `/changes?since=${cursor}`, { headers: etag ? { 'if-none-match': etag } : {} });
    } catch (error) {
      if (error.problem?.code !== 'resync_required') throw error;
      // The rows that are here stay until all of the new ones have come.
      [cursor, etag, fresh] = ['0', undefined, []];
      continue;
    }
    if (response.status === 304) return;
    const page = await response.json();
    ({ cursor, has_more: more } = page);
    // Between two pages, the tag is that of what is not all here yet.
    const position = more ? { cursor } : { cursor, etag: response.headers.get('etag') };
    if (!fresh) await store.apply(page.changes, position);
    else if (fresh.push(...page.changes) && !more) await store.apply(fresh, position, { everything: true });
  }
}

/** What can be sent now: no soreness of a cramp that itself waits. */
function due(pending, postponed) {
  const cramps = new Set(pending.filter(({ table }) => table === 'episodes').map(({ id }) => id));
  const waits = ({ table, id }) => table === 'soreness' && cramps.has(id.slice(0, -'.2026-03-29'.length));
  return pending.filter((change) => !change.problem && !postponed.has(change.edit) && !waits(change));
}

/** Somebody else has changed a row, or deleted it, then it is `null`: what it is to be now, on top of that. */
async function settle(store, change, theirs, revision, resolve) {
  const { table, id } = change;
  if (revision > 0) await store.apply([{ table, id, revision, row: theirs }], await store.position());
  const row = await resolve(change.row, theirs, change);
  await store.replace(change, row === theirs ? undefined : { ...change, row, base_revision: revision, before: theirs });
}

/** Sends what was written here. Answers whether there was anything to send. */
export async function push(store, diary, resolve = merge) {
  const postponed = new Set();
  let atOnce = AT_ONCE;
  for (let sent = false; ; sent = true) {
    const batch = due(await store.pending(), postponed).slice(0, atOnce);
    if (!batch.length) return sent;
    // It was known here and is not there now: it was deleted so long ago that nobody remembers, and must not come back.
    const lost = [];
    for (const change of batch) if (change.base_revision > 0 && !(await store.knows(change))) lost.push(change);
    for (const change of lost) await settle(store, change, null, 0, resolve);
    if (lost.length) continue;

    const changes = batch.map(({ table, id, row, base_revision }) => (
      row ? { table, id, op: 'put', row, base_revision } : { table, id, op: 'delete', base_revision }
    ));
    let results;
    try {
      const headers = { 'content-type': 'application/json' };
      const response = await ask(diary, '/changes', { method: 'POST', headers, body: JSON.stringify({ changes }) });
      ({ results } = await response.json());
    } catch (error) {
      if (error.status !== 413) throw error;
      if (batch.length === 1) await store.replace(batch[0], { ...batch[0], problem: error.problem ?? { status: 413 } });
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
      else await store.replace(change, { ...change, problem });
    }
  }
}

const running = new WeakMap();

/**
 * Pulls, pushes, and pulls what came of it: one at a time for each store. To pull comes first, as a device that was
 * away for too long learns only by that what was deleted meanwhile.
 *
 * `diary` has the `url` of the diary, and `token`, a function that gives an access token; it is handed one that was
 * refused. `resolve(ours, theirs, change)` says what a row is to be that somebody else has changed; `change.before` is
 * what both began with.
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

/** The ids of the events of a stream. When nothing comes for too long, `lost` is called, which ends it. */
async function* events(body, lost) {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  for (let text = ''; ;) {
    const timer = setTimeout(lost, SILENCE);
    const { done, value } = await reader.read().finally(() => clearTimeout(timer));
    if (done) return;
    const whole = (text + value).split('\n\n');
    text = whole.pop();
    for (const event of whole) {
      const id = /^id: (\d+)$/m.exec(event)?.[1];
      if (id) yield id;
    }
  }
}

/**
 * Syncs now, and whenever the diary changes, until `signal` is aborted; comes again when the connection is lost.
 * `trouble` hears of each try that failed. Throws a `Refused` when the diary can't be seen any more, or nobody is
 * signed in.
 */
export async function listen(store, diary, { resolve = merge, signal, trouble } = {}) {
  let last;
  for (let failures = 0; !signal?.aborted; failures += 1) {
    const lost = new AbortController();
    const either = signal ? AbortSignal.any([signal, lost.signal]) : lost.signal;
    try {
      const headers = { accept: 'text/event-stream', ...(last && { 'last-event-id': last }) };
      const { body } = await ask(diary, '/events', { headers, signal: () => either });
      await sync(store, diary, resolve);
      for await (const id of events(body, () => lost.abort())) {
        await sync(store, diary, resolve);
        [last, failures] = [id, 0];
      }
    } catch (error) {
      if (signal?.aborted) return;
      if ([401, 403, 404].includes(error.status)) throw error;
      trouble?.(error);
    } finally {
      lost.abort();
    }
    await sleep(Math.random() * Math.min(60, 2 ** (failures + 1)), signal);
  }
}
