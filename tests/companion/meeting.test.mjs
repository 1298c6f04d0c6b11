// Phones, tabs and people that write in one diary, with the real service.

import assert from 'node:assert/strict';
import { after, test as anyTest } from 'node:test';

import { DiaryStore } from '../../companion/keeping/store.js';
import { Service } from '../clients/service.mjs';
import { account, crowd, rowsOf, until } from './phones.mjs';

const service = await new Service().start();
const { person, another, second, leave } = crowd(service);
after(async () => {
  leave();
  await service.remove();
});
const test = (sentence, body) => anyTest(sentence, { timeout: 30_000 }, body);

test('two phones without a network meet: different fields in one row, the same day in one check-in', async () => {
  const { phone, who } = await person();
  const id = await phone.diary.logCramp({ started_at: '2026-03-01T02:00:00Z' });
  await phone.sync();
  const other = await second(who);
  for (const each of [phone, other]) each.wire.isDown = true;
  await phone.diary.changeCramp(id, { intensity: 7 });
  await other.diary.changeCramp(id, { note: 'woke' });
  for (const each of [phone, other]) await each.diary.checkIn('2026-03-02', { cramp_free: true });
  const [one, two] = [
    await phone.diary.logCramp({ started_at: '2026-03-03T02:00:00Z' }),
    await other.diary.logCramp({ started_at: '2026-03-03T02:00:00Z' }),
  ];
  for (const each of [phone, other]) each.wire.isDown = false;
  for (const each of [phone, other, phone, other]) await each.sync();
  for (const { diary, conflicts, waiting } of [phone, other]) {
    assert.deepEqual([diary.episode(id).intensity, diary.episode(id).note], [7, 'woke']);
    assert.deepEqual(diary.episodes.map((episode) => episode.id).sort(), [id, one, two].sort());
    assert.deepEqual([[...diary.checkIns.keys()], conflicts, waiting], [['2026-03-02'], [], 0]);
  }
});

test('when the same was changed twice, both are kept until the person chooses', async () => {
  const { phone, who } = await person();
  const ids = [
    await phone.diary.logCramp({ started_at: '2026-03-01T02:00:00Z' }),
    await phone.diary.logCramp({ started_at: '2026-03-02T02:00:00Z' }),
  ];
  await phone.sync();
  const other = await second(who);
  other.wire.isDown = true;
  for (const id of ids) {
    await phone.diary.changeCramp(id, { intensity: 3 });
    await other.diary.changeCramp(id, { intensity: 8, note: 'ours' });
  }
  await phone.sync();
  other.wire.isDown = false;
  await other.sync();
  assert.equal(other.waiting, 0);
  assert.deepEqual(
    other.diary.episodes.map(({ intensity, note }) => [intensity, note]),
    [
      [3, 'ours'],
      [3, 'ours'],
    ],
  );
  assert.deepEqual(
    other.conflicts.map(({ id, ours, theirs, fields }) => [id, ours.intensity, theirs.intensity, fields]),
    [
      [ids[0], 8, 3, ['intensity']],
      [ids[1], 8, 3, ['intensity']],
    ],
  );
  other.close();
  const again = await another({ like: other });
  assert.equal(again.conflicts.length, 2, 'also after the app was closed');
  await again.keepOurs(again.conflicts[0]);
  await again.keepTheirs(again.conflicts[0]);
  await again.sync();
  assert.deepEqual([again.conflicts, again.waiting], [[], 0]);
  const { episodes } = await rowsOf(again);
  assert.deepEqual(
    ids.map((id) => episodes[id].intensity),
    [8, 3],
  );
});

test('what was changed here and deleted there is kept, and may be put back', async () => {
  const { phone, who } = await person();
  const id = await phone.diary.logCramp({ started_at: '2026-03-01T02:00:00Z' });
  await phone.sync();
  const other = await second(who);
  other.wire.isDown = true;
  await other.diary.changeCramp(id, { intensity: 8 });
  await phone.diary.deleteCramp(id);
  await phone.sync();
  other.wire.isDown = false;
  await other.sync();
  assert.deepEqual([other.diary.episodes, other.conflicts.length, other.conflicts[0].theirs], [[], 1, null]);
  await other.keepOurs(other.conflicts[0]);
  await other.sync();
  await phone.sync();
  assert.equal(phone.diary.episode(id).intensity, 8);
});

test('a cramp that is deleted there at the moment it is changed here is asked about, too', async (context) => {
  const { phone, who } = await person();
  const id = await phone.diary.logCramp({ started_at: '2026-03-01T02:00:00Z' });
  await phone.sync();
  const other = await second(who);
  await phone.diary.deleteCramp(id);
  await phone.sync();
  const { apply } = DiaryStore.prototype;
  let changing;
  context.mock.method(DiaryStore.prototype, 'apply', function (...pulled) {
    const applying = apply.apply(this, pulled);
    changing ??= other.diary.changeCramp(id, { intensity: 8 });
    return applying;
  });
  await other.sync();
  await changing;
  await other.sync();
  assert.deepEqual([other.diary.episodes, other.conflicts.length, other.waiting], [[], 1, 0]);
  assert.deepEqual([other.conflicts[0].theirs, other.conflicts[0].ours.intensity], [null, 8]);
});

test('a carer writes in the diary of somebody else, and keeps what was not sent when the right ends', async () => {
  const { phone } = await person();
  const carer = await person();
  await phone.stepUp({ password: 'seven quiet herons at dusk' });
  const { code } = await phone.call('POST', '/v1/diaries/me/invitations', { role: 'contributor' });
  const grant = await carer.phone.call('POST', '/v1/invitations/redeem', { code });
  await carer.phone.sync();
  assert.deepEqual(
    carer.phone.diaries.map(({ isMine }) => isMine),
    [true, false],
  );
  await carer.phone.choose(phone.diary.id);
  await carer.phone.sync();
  const { diary } = carer.phone;
  assert.deepEqual([diary.id, diary.isMine, diary.canWrite], [phone.diary.id, false, true]);
  const id = await diary.logCramp({ intensity: 6 });
  await carer.phone.sync();
  await phone.sync();
  assert.equal(phone.diary.episode(id).intensity, 6);
  carer.phone.wire.isDown = true;
  await diary.logCramp({ intensity: 9 });
  await phone.call('DELETE', `/v1/diaries/me/grants/${grant.id}`);
  carer.phone.wire.isDown = false;
  await carer.phone.sync();
  const head = carer.phone.diaries.find(({ isMine }) => !isMine);
  assert.deepEqual([head.hasEnded, carer.phone.waiting, carer.phone.diary.canWrite], [true, 1, false]);
  const [{ diary: ended, table, id: unsent }] = carer.phone.unsent;
  await carer.phone.giveUp({ diary: ended, table, id: unsent });
  await carer.phone.sync();
  assert.deepEqual([carer.phone.diaries.length, carer.phone.diary.isMine], [1, true], 'and then it is gone');
});

test('a phone that is on hears of what another writes', async () => {
  const { phone, who } = await person();
  const other = await another({ isLive: true });
  await other.signIn(who);
  const id = await phone.diary.logCramp();
  await phone.sync();
  await until(() => other.diary.episode(id), 'it is heard of');
});

test('what one tab wrote is in the other, and nothing is written after a sign-out elsewhere', async () => {
  const { phone } = await person();
  const tab = await another({ like: phone });
  const id = await phone.diary.logCramp();
  await until(() => tab.diary.episode(id), 'the other tab hears of it');
  await tab.diary.changeCramp(id, { intensity: 4 });
  await until(() => phone.diary.episode(id)?.intensity === 4);
  await Promise.all([phone.sync(), tab.sync()]);
  assert.equal((await rowsOf(phone)).episodes[id].intensity, 4);
  const { diary } = tab;
  await phone.signOut();
  await assert.rejects(diary.logCramp(), { code: 'signed_out' });
  await until(() => tab.standing === 'nobody' && tab.diary === null, 'the other tab is signed out');
  const somebody = account();
  await phone.register(somebody);
  await until(() => tab.diary?.id === phone.diary.id, 'and has the diary of who comes next');
  const theirs = await tab.diary.logCramp();
  await tab.sync();
  assert.deepEqual([tab.standing, Object.keys((await rowsOf(phone)).episodes)], ['signed_in', [theirs]]);
  await phone.signOut();
  const fresh = await another({ like: phone });
  assert.deepEqual([fresh.waiting, fresh.diaries], [0, []]);
});

test('whoever has changed a cramp again after a lost answer is in no conflict with themselves', async () => {
  const { phone } = await person();
  const id = await phone.diary.logCramp({ started_at: '2026-03-01T02:00:00Z' });
  await phone.sync();
  phone.wire.atPush = async (send) => {
    await (await send()).arrayBuffer();
    throw new TypeError('the answer is lost');
  };
  await phone.diary.changeCramp(id, { intensity: 3 });
  await phone.sync();
  await phone.diary.changeCramp(id, { intensity: 8 });
  await phone.sync();
  assert.deepEqual([phone.conflicts, phone.waiting, (await rowsOf(phone)).episodes[id].intensity], [[], 0, 8]);
});
