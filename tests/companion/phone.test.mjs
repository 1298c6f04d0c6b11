// A phone with the real service: signing in, and working without a network.

import assert from 'node:assert/strict';
import { after, test as anyTest } from 'node:test';

import { Service } from '../clients/service.mjs';
import { crowd, rowsOf, until } from './phones.mjs';

const service = await new Service().start();
const { person, another, second, leave } = crowd(service);
after(async () => {
  leave();
  await service.remove();
});
const test = (sentence, body) => anyTest(sentence, { timeout: 30_000 }, body);

test('who registers has a diary, and signs in on another phone to find it', async () => {
  const { phone, who } = await person();
  assert.equal(phone.standing, 'signed_in');
  assert.equal(phone.account.email, who.email);
  assert.equal(phone.diary.id, phone.account.diary_id);
  assert.equal(phone.diary.settings.time_zone, 'Europe/Berlin');
  assert.equal(phone.diary.isComplete, true);
  const id = await phone.diary.logCramp({ intensity: 7 });
  await phone.sync();
  assert.equal(phone.waiting, 0);
  const other = await second(who);
  assert.equal(other.diary.episode(id).intensity, 7);
  assert.equal(other.diary.episode(id).unsent, undefined);
});

test('wrong passwords are the problems of the service', async () => {
  const { who } = await person();
  const phone = await another();
  await assert.rejects(phone.signIn({ ...who, password: 'another one entirely' }), {
    code: 'invalid_credentials',
    status: 401,
  });
  assert.equal(phone.standing, 'nobody');
  await assert.rejects(
    phone.register({ email: 'x', password: 'short' }),
    (problem) => problem.code === 'validation_failed' && problem.errors.length > 0,
  );
});

test('without a network everything is logged, corrected and shown, and sent afterwards', async () => {
  const { phone } = await person();
  phone.wire.isDown = true;
  const { diary } = phone;
  const id = await diary.logCramp({ started_at: '2026-03-29T00:59:00Z', time_zone: 'Europe/Berlin' });
  await diary.changeCramp(id, { intensity: 8, sites: [{ part: 'calf', side: 'left' }], interrupted_sleep: true });
  await diary.saveSoreness(id, '2026-03-30', { level: 4, tender_to_touch: true });
  await diary.checkIn('2026-03-28', { cramp_free: true });
  const treatment = await diary.saveTreatment(null, {
    kind: 'stretching',
    name: 'Calf stretches',
    started_on: '2026-03-20',
  });
  await phone.sync();
  assert.equal(phone.isOnline, false);
  assert.equal(phone.waiting, 4);
  const shown = diary.episode(id);
  assert.equal(shown.unsent, true);
  const { local_date, local_time, night_of, period, soreness } = shown;
  assert.deepEqual(
    { local_date, local_time, night_of, period },
    {
      local_date: '2026-03-29',
      local_time: '01:59',
      night_of: '2026-03-28',
      period: 'night',
    },
  );
  phone.wire.isDown = false;
  await phone.sync();
  assert.deepEqual([phone.isOnline, phone.waiting, phone.refused], [true, 0, []]);
  const rows = await rowsOf(phone);
  assert.deepEqual(Object.keys(rows.treatments), [treatment]);
  const { created_at, updated_at, revision, ...theirs } = rows.episodes[id];
  const { unsent, recorded_at, ...ours } = shown;
  assert.deepEqual(
    ours,
    (({ recorded_at: _, ...rest }) => rest)(theirs),
    'the phone had worked out what the service works out',
  );
  assert.equal(Date.parse(theirs.recorded_at), Date.parse(recorded_at));
  assert.deepEqual(soreness, { days_logged: 1, peak: 4, last_level: 4, resolved_day: null });
});

test('what is written is there after the app was closed', async () => {
  const { phone } = await person();
  phone.wire.isDown = true;
  const id = await phone.diary.logCramp();
  await phone.remember('theme', 'dark');
  phone.close();
  const again = await another({ like: phone });
  assert.equal(again.standing, 'signed_in');
  assert.equal(again.diary.episode(id).unsent, true);
  assert.deepEqual([again.waiting, again.recall('theme')], [1, 'dark']);
  assert.equal(again.diary.openCramp.id, id, 'the cramp is still going on');
  again.wire.isDown = false;
  await again.sync();
  assert.equal(again.waiting, 0);
});

test('a cramp that was never sent is taken back without a trace, and one that was sent is deleted', async () => {
  const { phone } = await person();
  phone.wire.isDown = true;
  const never = await phone.diary.logCramp();
  await phone.diary.undoCramp(never);
  assert.deepEqual([phone.waiting, phone.diary.episodes.length, phone.diary.openCramp], [0, 0, null]);
  phone.wire.isDown = false;
  const sent = await phone.diary.logCramp();
  await phone.sync();
  await phone.diary.undoCramp(sent);
  await phone.sync();
  assert.deepEqual((await rowsOf(phone)).episodes, {});
});

test('a cramp that may have arrived though its answer was lost is deleted there, too', async () => {
  const { phone } = await person();
  phone.wire.isDown = true;
  const id = await phone.diary.logCramp();
  await phone.sync();
  phone.wire.isDown = false;
  phone.wire.atPush = async (send) => {
    await (await send()).arrayBuffer();
    throw new TypeError('the answer is lost');
  };
  await phone.sync();
  assert.deepEqual(Object.keys((await rowsOf(phone)).episodes), [id]);
  await phone.diary.undoCramp(id);
  await phone.sync();
  assert.deepEqual((await rowsOf(phone)).episodes, {});
  assert.equal(phone.waiting, 0);
});

test('a lost answer doubles nothing', async () => {
  const { phone } = await person();
  phone.wire.isDown = true;
  for (let number = 0; number < 3; number += 1)
    await phone.diary.logCramp({ started_at: `2026-03-0${number + 1}T02:00:00Z` });
  await phone.sync();
  phone.wire.isDown = false;
  phone.wire.atPush = async (send) => {
    await (await send()).arrayBuffer();
    throw new TypeError('the answer is lost');
  };
  await phone.sync();
  assert.equal(phone.waiting, 3);
  await phone.sync();
  assert.deepEqual([phone.waiting, phone.conflicts], [0, []]);
  assert.equal(Object.keys((await rowsOf(phone)).episodes).length, 3);
});

test('a deleted cramp comes back with its soreness', async () => {
  const { phone } = await person();
  const { diary } = phone;
  const id = await diary.logCramp({ started_at: '2026-03-01T02:00:00Z', note: 'first' });
  await diary.saveSoreness(id, '2026-03-02', { level: 5 });
  await phone.sync();
  for (const isSent of [false, true]) {
    const undo = await diary.deleteCramp(id);
    assert.deepEqual([diary.episodes.length, diary.soreness(id)], [0, []]);
    if (isSent) await phone.sync();
    await undo();
    await phone.sync();
    assert.deepEqual([diary.episode(id).note, diary.soreness(id).map(({ level }) => level)], ['first', [5]]);
    const rows = await rowsOf(phone);
    assert.deepEqual([Object.keys(rows.episodes), Object.keys(rows.soreness)], [[id], [`${id}.2026-03-02`]]);
    assert.deepEqual([phone.waiting, phone.refused, phone.conflicts], [0, [], []]);
  }
});

test('what the service refuses keeps nothing else back, and is corrected or given up', async () => {
  const { phone } = await person();
  const { diary } = phone;
  const wrong = await diary.logCramp({ started_at: '2026-03-01T02:00:00Z', intensity: 11 });
  const right = await diary.logCramp({ started_at: '2026-03-02T02:00:00Z', intensity: 5 });
  await diary.saveSoreness(wrong, '2026-03-02', { level: 3 });
  await phone.sync();
  assert.deepEqual(Object.keys((await rowsOf(phone)).episodes), [right]);
  assert.deepEqual(
    phone.refused.map(({ table, id, problem }) => [table, id, problem.code]),
    [['episodes', wrong, 'validation_failed']],
  );
  assert.equal(diary.episode(wrong).refused, true);
  await diary.changeCramp(wrong, { intensity: 10 });
  await phone.sync();
  assert.deepEqual([phone.refused, phone.waiting], [[], 0]);
  const hopeless = await diary.logCramp({ started_at: '2026-03-03T02:00:00Z', intensity: -1 });
  await diary.saveSoreness(hopeless, '2026-03-04', { level: 3 });
  await phone.sync();
  await phone.giveUp(phone.refused[0]);
  assert.deepEqual([phone.refused, phone.waiting, diary.episode(hopeless)], [[], 0, undefined]);
});

test('half a character in a note stops nothing', async () => {
  const { phone } = await person();
  const id = await phone.diary.logCramp({ started_at: '2026-03-01T02:00:00Z', note: 'half \ud83e' });
  await phone.sync();
  assert.deepEqual([phone.waiting, phone.diary.episode(id).note], [0, 'half \ufffd']);
});

test('signing out wipes the phone, also without a network', async () => {
  const { phone, who } = await person();
  await phone.diary.logCramp({ started_at: '2026-03-01T02:00:00Z' });
  await phone.sync();
  phone.wire.isDown = true;
  await phone.signOut();
  assert.deepEqual(
    [phone.standing, phone.account, phone.diary, phone.diaries, phone.waiting],
    ['nobody', null, null, [], 0],
  );
  const again = await another({ like: phone });
  assert.deepEqual([again.standing, again.diaries], ['nobody', []], 'the cookie was still there');
  assert.equal(phone.wire.hasCookie, true);
  phone.wire.isDown = false;
  const later = await another({ like: phone });
  assert.deepEqual([later.standing, phone.wire.hasCookie], ['nobody', false], 'and is taken away as soon as it can be');
  await later.signIn(who);
  assert.equal(later.diary.episodes.length, 1);
  await later.signOut();
  assert.equal(phone.wire.hasCookie, false);
});

test('whoever listens is told after each change, and reads it then', async () => {
  const { phone } = await person();
  phone.wire.isDown = true;
  await phone.sync();
  let seen = [];
  phone.addEventListener('change', () => seen.push([phone.waiting, phone.diary?.episodes.length ?? 0]));
  await phone.diary.logCramp();
  await until(() => seen.some(([waiting, cramps]) => waiting === 1 && cramps === 1));
  phone.wire.isDown = false;
  await phone.sync();
  await until(() => seen.at(-1)[0] === 0);
  seen = [];
  await phone.remember('language', 'de');
  await until(() => seen.length > 0);
});
