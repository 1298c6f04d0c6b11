// What may go wrong on a phone, with the real service.

import assert from 'node:assert/strict';
import { after, test as anyTest } from 'node:test';

import { Service } from '../clients/service.mjs';
import { account, crowd, rowsOf } from './phones.mjs';

const service = await new Service().start();
const { person, another, second, leave } = crowd(service);
after(async () => {
  leave();
  await service.remove();
});
const test = (sentence, body) => anyTest(sentence, { timeout: 30_000 }, body);

test('a session that has ended keeps everything here, and sends it after the next sign-in', async () => {
  const { phone, who } = await person();
  const other = await second(who);
  const sessions = await other.call('GET', '/v1/auth/sessions');
  for (const { id, current } of sessions.items) if (!current) await other.call('DELETE', `/v1/auth/sessions/${id}`);
  const id = await phone.diary.logCramp({ intensity: 6 });
  await phone.sync();
  assert.deepEqual([phone.standing, phone.waiting, phone.diary.episode(id).intensity], ['ended', 1, 6]);
  const again = await another({ like: phone });
  assert.equal(again.standing, 'ended');
  const more = await again.diary.logCramp({ started_at: '2026-03-01T02:00:00Z' });
  await again.signIn(who);
  assert.deepEqual([again.standing, again.waiting], ['signed_in', 0]);
  assert.deepEqual(Object.keys((await rowsOf(again)).episodes).sort(), [id, more].sort());
});

test('nobody else signs in over what was not sent, and nothing of it is theirs', async () => {
  const { phone, who } = await person();
  const stranger = await person();
  phone.wire.isDown = true;
  await phone.diary.logCramp({ note: 'private' });
  phone.wire.isDown = false;
  const held = (problem) =>
    problem.code === 'held_for_another' && problem.held.email === who.email && problem.held.waiting === 1;
  phone.wire.forgetCookies();
  await assert.rejects(phone.signIn(stranger.who), held);
  await assert.rejects(phone.register(account()), held);
  assert.equal(phone.account.email, who.email);
  await phone.signIn({ ...stranger.who, discard: true });
  assert.deepEqual([phone.account.email, phone.waiting, phone.diary.episodes], [stranger.who.email, 0, []]);
  assert.deepEqual((await rowsOf(phone)).episodes, {});
});

test('another account in the cookie gets nothing of this phone', async () => {
  const { phone } = await person();
  const stranger = await person();
  phone.close();
  phone.wire.takeCookies(stranger.phone.wire);
  const again = await another({ like: phone });
  await again.diary.logCramp({ note: 'private' });
  await again.sync();
  assert.deepEqual([again.standing, again.waiting], ['ended', 1]);
  assert.deepEqual((await rowsOf(stranger.phone)).episodes, {});
});

test('a clock that is off is told', async (context) => {
  const { phone } = await person();
  assert.equal(phone.clockOff, null);
  context.mock.timers.enable({ apis: ['Date'], now: Date.now() - 3_600_000 });
  await phone.call('GET', '/v1/me');
  assert.ok(Math.abs(phone.clockOff + 3600) < 10, String(phone.clockOff));
});

test('a full disk says so, and what was not kept is not shown', async () => {
  const { phone } = await person();
  phone.wire.isDown = true;
  const full = () => {
    throw new DOMException('full', 'QuotaExceededError');
  };
  const { put } = IDBObjectStore.prototype;
  IDBObjectStore.prototype.put = full;
  try {
    await assert.rejects(phone.diary.logCramp(), { code: 'storage_full' });
  } finally {
    IDBObjectStore.prototype.put = put;
  }
  assert.deepEqual([phone.storage, phone.diary.episodes, phone.waiting], ['full', [], 0]);
  await phone.diary.logCramp();
  assert.deepEqual([phone.storage, phone.waiting], [null, 1]);
});

test('without a database the app works as long as it is open, and says so', async () => {
  const { indexedDB } = globalThis;
  delete globalThis.indexedDB;
  try {
    const { phone } = await person();
    assert.equal(phone.storage, 'private');
    const id = await phone.diary.logCramp();
    await phone.sync();
    assert.deepEqual(Object.keys((await rowsOf(phone)).episodes), [id]);
    phone.wire.isDown = true;
    await phone.diary.logCramp();
    assert.equal(phone.waiting, 1);
  } finally {
    globalThis.indexedDB = indexedDB;
  }
});

test('a database of a newer version of the app is let alone', async () => {
  const { phone } = await person();
  const tab = await another({ like: phone });
  phone.close();
  await new Promise((done, fail) => {
    const request = indexedDB.open(phone.name, 2);
    request.onsuccess = () => (request.result.close(), done());
    request.onerror = fail;
  });
  assert.equal(tab.storage, 'newer', 'an open page lets go of it');
  await assert.rejects(tab.diary.logCramp(), { code: 'storage_newer' });
  const again = await another({ like: phone });
  assert.deepEqual([again.storage, again.diary], ['newer', null]);
});
