// A phone that changes hands while something is on its way, with a service made of answers.

import 'fake-indexeddb/auto';

import assert from 'node:assert/strict';
import { test as anyTest } from 'node:test';

import { Keep } from '../../companion/keeping/keep.js';
import { openPhone } from '../../companion/keeping/phone.js';

const test = (sentence, body) => anyTest(sentence, { timeout: 30_000 }, body);
const pause = (milliseconds) => new Promise((done) => setTimeout(done, milliseconds));
const user = (name) => ({
  id: `user-${name}`, email: `${name}@example.org`, display_name: name, kind: 'patient', time_zone: 'UTC',
});
const json = (body, status = 200, headers = {}) => (
  new Response(JSON.stringify(body), { status, headers: { 'content-type': 'application/json', ...headers } })
);
const nothing = () => new Response(null, { status: 204 });

/** Answers as the service does, but for what a test has it answer otherwise. */
class Answers {
  /** Who the cookie is of, with the number of the session. */
  cookie = null;
  diaries = (name) => [{ id: `diary-${name}`, display_name: name, role: 'owner' }];
  /** @type {(asked: any) => any} */
  otherwise = () => undefined;
  asked = [];
  isDown = false;
  #live = new Set();
  #count = 0;

  begin(name) {
    this.cookie = `${name}${(this.#count += 1)}`;
    this.#live.add(this.cookie);
  }

  end() {
    this.#live.delete(this.cookie);
    this.cookie = null;
  }

  #whose() {
    return this.cookie ? json({ user: user(this.cookie[0]), access_token: this.cookie, expires_in: 900 }) : nothing();
  }

  fetch = async (url, { method = 'GET', headers = {}, body, signal } = {}) => {
    const path = url.slice('http://s'.length);
    if (this.isDown) throw new TypeError('there is no network');
    const token = headers.authorization?.slice('Bearer '.length);
    const asked = { method, path, body, headers, who: token?.[0], signal };
    this.asked.push(asked);
    const other = await this.otherwise(asked);
    if (other) return other;
    if (path === '/app/session' && method === 'DELETE') return this.end(), nothing();
    if (path === '/app/session') this.begin(JSON.parse(body).email[0]);
    if (path.startsWith('/app/session')) return this.#whose();
    if (!this.#live.has(token)) return json({ code: 'unauthenticated' }, 401);
    if (path.startsWith('/v1/diaries?')) return json({ items: this.diaries(token[0]), next_cursor: null });
    if (method === 'GET') return json({ cursor: '1', has_more: false, changes: [] }, 200, { etag: '"1"' });
    return json({ results: JSON.parse(body).changes.map(() => ({ outcome: 'applied', revision: 9 })) });
  };

  get sent() {
    return this.asked.filter(({ method, path }) => method === 'POST' && path.endsWith('/changes'));
  }
}

let count = 0;
async function begun(context, as) {
  count += 1;
  const answers = new Answers();
  const name = `hands-${count}`;
  const open = () => openPhone({ name, origin: 'http://s', fetch: answers.fetch, isLive: false });
  if (as) answers.begin(as);
  const phone = await open();
  context.after(() => phone.close());
  return { answers, phone, name, open };
}
const who = (name) => ({ email: `${name}@example.org`, password: 'x' });

test('what one person wrote is not sent by the next', async (context) => {
  const { answers, phone } = await begun(context);
  answers.diaries = (name) => [{ id: 'diary-a', display_name: 'a', role: name === 'a' ? 'owner' : 'contributor' }];
  await phone.signIn(who('a'));
  answers.otherwise = ({ path, method }) => (
    method === 'POST' && path.endsWith('/changes') && answers.sent.length === 1
      ? json({ code: 'busy' }, 503, { 'retry-after': '1' }) : undefined
  );
  await phone.diary.logCramp({ intensity: 5 });
  const sync = phone.sync();
  await pause(100);
  assert.equal(answers.sent.length, 1);
  await phone.signOut();
  await Promise.all([sync, phone.signIn(who('b'))]);
  await pause(2200);
  assert.deepEqual([phone.account.email, phone.standing], ['b@example.org', 'signed_in']);
  assert.deepEqual(answers.sent.map(({ who: of }) => of), ['a']);
});

test('what comes late for one person is not kept for the next', async (context) => {
  const { answers, phone } = await begun(context);
  let release;
  const gate = new Promise((done) => (release = done));
  answers.otherwise = async ({ path, who: of }) => {
    if (of !== 'a' || !path.includes('/diary-a/changes')) return undefined;
    await gate;
    return json({
      cursor: '5', has_more: false, changes: [{ table: 'episodes', id: 'secret', revision: 5, row: { note: 'private' } }],
    }, 200, { etag: '"5"' });
  };
  const first = phone.signIn(who('a'));
  await pause(50);
  const { loadDiary } = Keep.prototype;
  let keep;
  context.mock.method(Keep.prototype, 'loadDiary', function (id) {
    keep = this;
    return loadDiary.call(this, id);
  });
  await phone.signOut();
  await phone.signIn(who('b'));
  release();
  await first;
  await pause(50);
  assert.deepEqual(phone.diaries.map(({ id }) => id), ['diary-b']);
  assert.deepEqual([await keep.rowKeys('diary-a'), await keep.position('diary-a')], [[], { cursor: '0' }]);
});

test('an undo and an answer of one person are not of the next, also in the same diary', async (context) => {
  const { answers, phone } = await begun(context);
  answers.diaries = () => [{ id: 'diary-a', display_name: 'a', role: 'contributor' }];
  await phone.signIn(who('a'));
  const id = await phone.diary.logCramp();
  const undo = await phone.diary.deleteCramp(id);
  let release;
  const gate = new Promise((done) => (release = done));
  answers.otherwise = async ({ path }) => (path === '/v1/slow' ? (await gate, json({ of: 'a' })) : undefined);
  const late = phone.call('GET', '/v1/slow');
  late.catch(() => {});
  await phone.signOut();
  await phone.signIn(who('b'));
  release();
  await assert.rejects(late, { code: 'signed_out' });
  await assert.rejects(undo(), { code: 'signed_out' });
  assert.deepEqual([phone.waiting, phone.diary.episodes, phone.standing], [0, [], 'signed_in']);
  await phone.diary.logCramp();
  assert.equal(phone.diary.episodes.length, 1);
});

test('who signs in again has their diaries, though the service says that nothing has changed', async (context) => {
  const { answers, phone } = await begun(context);
  answers.otherwise = ({ path, headers }) => {
    if (!path.startsWith('/v1/diaries?')) return undefined;
    if (headers['if-none-match'] === '"same"') return new Response(null, { status: 304 });
    return json({ items: answers.diaries('a'), next_cursor: null }, 200, { etag: '"same"' });
  };
  await phone.signIn(who('a'));
  await phone.signOut();
  await phone.signIn(who('a'));
  assert.equal(phone.diary?.id, 'diary-a');
});

test('somebody else in the cookie changes neither the account nor what waits', async (context) => {
  const { answers, phone } = await begun(context, 'a');
  await phone.sync();
  await phone.diary.logCramp();
  answers.isDown = true;
  await phone.sync();
  answers.isDown = false;
  answers.end();
  answers.begin('b');
  await phone.sync();
  await phone.sync();
  assert.deepEqual(
    [phone.account.user_id, phone.account.email, phone.standing, phone.waiting], ['user-a', 'a@example.org', 'ended', 1],
  );
  await phone.signIn(who('a'));
  assert.deepEqual([phone.account.email, phone.standing, phone.waiting], ['a@example.org', 'signed_in', 0]);
});

test('no session in the cookie ends an account that is here, and takes nothing away', async (context) => {
  const { answers, phone } = await begun(context, 'a');
  answers.isDown = true;
  await phone.diary.logCramp();
  await phone.sync();
  answers.isDown = false;
  answers.end();
  await phone.sync();
  assert.deepEqual([phone.standing, phone.waiting, phone.diary.episodes.length], ['ended', 1, 1]);
  assert.ok(!answers.asked.some(({ method }) => method === 'DELETE'));
});

test('a late answer to who is signed in replaces nobody', async (context) => {
  const answers = new Answers();
  let release;
  const gate = new Promise((done) => (release = done));
  answers.otherwise = async ({ path }) => {
    if (path !== '/app/session/token' || answers.asked.filter((asked) => asked.path === path).length > 1) return undefined;
    await gate;
    return json({ user: user('a'), access_token: 'a', expires_in: 900 });
  };
  const phone = await openPhone({ name: 'hands-late', origin: 'http://s', fetch: answers.fetch, isLive: false });
  context.after(() => phone.close());
  assert.equal(phone.standing, 'nobody');
  await phone.signIn(who('b'));
  const seen = new Set();
  phone.addEventListener('change', () => seen.add(phone.account?.email));
  release();
  await pause(100);
  await phone.sync();
  assert.deepEqual([phone.account.email, phone.standing], ['b@example.org', 'signed_in']);
  assert.ok(!seen.has('a@example.org'));
});

test('a sign-out takes everything away at once, also on a network that says nothing', async (context) => {
  const { answers, phone } = await begun(context, 'a');
  answers.otherwise = ({ path, signal }) => (
    path.startsWith('/app/session') ? new Promise((_, fail) => signal.addEventListener('abort', () => fail(signal.reason)))
      : undefined
  );
  const began = Date.now();
  const out = phone.signOut();
  await pause(100);
  assert.deepEqual([phone.standing, phone.diary, phone.diaries], ['nobody', null, []]);
  await out;
  assert.ok(Date.now() - began < 6000);
  // Nobody waits for it to sign in.
  answers.otherwise = () => undefined;
  await phone.signIn(who('b'));
  assert.equal(phone.account.email, 'b@example.org');
});

test('an owed sign-out ends no session but its own', async (context) => {
  const { answers, phone, open } = await begun(context, 'a');
  answers.isDown = true;
  await phone.signOut();
  answers.isDown = false;
  answers.cookie = null;
  answers.begin('b');
  const next = await open();
  context.after(() => next.close());
  assert.ok(!answers.asked.some(({ method }) => method === 'DELETE'));
  assert.deepEqual([next.account?.email, answers.cookie[0]], ['b@example.org', 'b']);
});

test('an owed sign-out is made up for when the network is back', async (context) => {
  const heard = {};
  globalThis.addEventListener = (kind, listener) => (heard[kind] = listener);
  context.after(() => delete globalThis.addEventListener);
  const answers = new Answers();
  answers.begin('a');
  const phone = await openPhone({ name: 'hands-back', origin: 'http://s', fetch: answers.fetch, isLive: true });
  context.after(() => phone.close());
  assert.equal(phone.standing, 'signed_in');
  answers.isDown = true;
  await phone.signOut();
  await phone.signOut();
  answers.isDown = false;
  assert.equal(answers.cookie?.[0], 'a');
  heard.online();
  await pause(100);
  assert.deepEqual([answers.cookie, phone.standing], [null, 'nobody']);
});

test('reports go with the right to see them, and with who has read them', async (context) => {
  const kept = new Map();
  const cache = {
    put: async (key, value) => void kept.set(key, value), match: async (key) => kept.get(key),
    delete: async (key) => kept.delete(key),
  };
  globalThis.caches = { open: async () => cache, has: async () => kept.size > 0, delete: async () => kept.clear() };
  context.after(() => delete globalThis.caches);
  const { answers, phone } = await begun(context, 'a');
  let gate = Promise.resolve();
  const shared = { id: 'd1', display_name: 'P', role: 'viewer' };
  answers.diaries = () => [shared];
  answers.otherwise = async ({ path }) => (path.includes('/report') ? (await gate, new Response('a report')) : undefined);
  await phone.sync();
  await phone.fetchReport('d1');
  assert.equal(kept.size, 1);
  answers.diaries = () => [];
  await phone.sync();
  assert.deepEqual([phone.diaries, kept.size], [[], 0]);
  answers.diaries = () => [shared];
  await phone.sync();
  let release;
  gate = new Promise((done) => (release = done));
  const late = phone.fetchReport('d1');
  late.catch(() => {});
  await pause(20);
  await phone.signOut();
  release();
  await assert.rejects(late, { code: 'signed_out' });
  assert.equal(kept.size, 0);
});
