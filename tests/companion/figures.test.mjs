// What the phone works out of the rows on it is what the service answers for the same rows.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test as anyTest } from 'node:test';

import { DayRecord } from '../../companion/diary/record.js';
import { beforeAfter } from '../../companion/diary/figures.js';
import { allPrompts } from '../../companion/diary/prompts.js';
import { addDays } from '../../companion/ground/clock.js';
import { BINARY, Service } from '../clients/service.mjs';
import { personOn, phoneOn, rowsOf } from './phones.mjs';

const home = mkdtempSync(join(tmpdir(), 'cramp-diary-demo-'));
const { status, stderr } = spawnSync(BINARY, ['demo'], {
  env: { ...process.env, CRAMP_DIARY_DATA_DIR: home },
  encoding: 'utf8',
});
assert.equal(status, 0, stderr);
const service = await new Service().start({ DATA_DIR: home });
after(async () => {
  await service.remove();
  rmSync(home, { recursive: true });
});
const test = (sentence, body) => anyTest(sentence, { timeout: 60_000 }, body);

/** The fields of an answer that ours has, too. */
function alike(ours, theirs) {
  if (Array.isArray(ours) || ours === null || typeof ours !== 'object') return theirs;
  return Object.fromEntries(
    Object.keys(ours).map((name) => [name, theirs === null ? null : alike(ours[name], theirs[name])]),
  );
}

/** The range is worked out of two of the service's figures, which it says only in words. */
function withoutRange({ range, ...rate }) {
  return rate;
}

async function agrees(phone, { from, to }) {
  const { diary } = phone;
  const { treatment, ...figures } = diary.figures({ from, to });
  const ours = {
    ...figures,
    night_rate: withoutRange(figures.night_rate),
    broken_night_rate: withoutRange(figures.broken_night_rate),
  };
  const theirs = await phone.call('GET', `/v1/diaries/${diary.id}/analytics/night-share?from=${from}&to=${to}`);
  assert.deepEqual(ours, alike(ours, theirs), `${from} to ${to}`);
  return treatment;
}

/** Each treatment before and after, and what is asked on some dates. */
async function agreesInAll(phone, periods) {
  const { diary } = phone;
  for (const period of periods) await agrees(phone, period);
  const today = diary.today();
  const record = new DayRecord(diary.episodes, diary.checkIns.values(), { parts: diary.settings, today });
  for (const treatment of diary.treatments) {
    const ours = beforeAfter(record, treatment);
    const theirs = await phone.call('GET', `/v1/diaries/${diary.id}/analytics/treatments/${treatment.id}`);
    assert.deepEqual(ours, alike(ours, theirs), treatment.name);
  }
  const about = {
    episodes: diary.episodes,
    soreness: (id) => diary.soreness(id),
    isCovered: (date) => diary.isCovered(date),
  };
  for (let back = 0; back < 60; back += 3) {
    const on = addDays(today, -back);
    const { items } = await phone.call('GET', `/v1/diaries/${diary.id}/prompts?on=${on}`);
    const ours = allPrompts(about, on, { now: new Date(0) }).map(({ kind, date, episode, day, last_level }) => ({
      kind,
      date,
      episode_id: episode?.id ?? null,
      day: day ?? null,
      last_level: last_level ?? null,
    }));
    const inOrder = (prompts) => prompts.map((prompt) => JSON.stringify(prompt)).sort();
    assert.deepEqual(inOrder(ours), inOrder(items), on);
  }
}

for (const name of ['margarete', 'tiago', 'abigail']) {
  test(`the diary of ${name} reads the same on the phone and at the service`, async () => {
    const phone = await phoneOn(service);
    await phone.signIn({ email: `${name}@example.org`, password: 'seven cramps before breakfast' });
    assert.ok(phone.diary.episodes.length > 30 && phone.diary.treatments.length > 0);
    const today = phone.diary.today();
    const periods = [
      [89, 0],
      [27, 0],
      [364, 0],
      [6, 0],
      [200, 100],
      [90, 89],
      [0, 0],
      [900, 0],
      [2000, 1500],
      [20, -20],
    ];
    await agreesInAll(
      phone,
      periods.map(([from, to]) => ({ from: addDays(today, -from), to: addDays(today, -to) })),
    );
    phone.close();
  });
}

/** Numbers as random as they must be, and the same each time. */
function numbers(seed) {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

const LIVES = [
  { often: 2, checks: 70, settings: {} },
  { often: 5, checks: 20, settings: { night_start: '00:00', night_end: '06:00', evening_start: '19:00' } },
  { often: 1, checks: 95, settings: { night_start: '21:30', night_end: '07:15' } },
  { often: 9, checks: 5, settings: { night_start: '09:00', night_end: '17:00', evening_start: '05:00' } },
  { often: 3, checks: 60, settings: { night_start: '20:00', night_end: '00:00' } },
];

for (const [number, { often, checks, settings }] of LIVES.entries()) {
  test(`a made-up diary reads the same on the phone and at the service, number ${number}`, async () => {
    const { phone } = await personOn(service);
    const { diary } = phone;
    const random = numbers(number + 7);
    const one = (...list) => list[random(list.length)];
    if (Object.keys(settings).length) await diary.changeSettings(settings);
    phone.wire.isDown = true;
    const today = diary.today();
    for (let back = 150; back >= 0; back -= 1) {
      const date = addDays(today, -back);
      if (random(100) < checks) await diary.checkIn(date, { cramp_free: random(10) > 3 });
      for (let cramps = random(10) < often ? 1 + random(3) : 0; cramps > 0 && back > 0; cramps -= 1) {
        const id = await diary.logCramp({
          started_at: `${date}T${String(random(24)).padStart(2, '0')}:${String(random(60)).padStart(2, '0')}:00Z`,
          time_zone: one('Europe/Berlin', 'Europe/Berlin', 'America/New_York', 'Asia/Tokyo'),
          interrupted_sleep: one(true, false, null),
          context: one('asleep', 'in_bed_awake', 'walking', 'other', null),
          intensity: one(null, 3, 8),
        });
        const { local_date } = diary.episode(id);
        for (let day = 1; day < 1 + random(4); day += 1)
          await diary.saveSoreness(id, addDays(local_date, day), { level: random(4) });
      }
    }
    await diary.saveTreatment(null, { kind: 'stretching', name: 'Stretches', started_on: addDays(today, -60) });
    await diary.saveTreatment(null, {
      kind: 'vein_treatment',
      name: 'Veins',
      started_on: addDays(today, -100),
      ended_on: addDays(today, -100),
    });
    await diary.saveTreatment(null, {
      kind: 'supplement',
      name: 'Magnesium',
      started_on: addDays(today, -80),
      ended_on: addDays(today, -50),
    });
    const before = diary.episodes.map(({ unsent, ...episode }) => episode);
    phone.wire.isDown = false;
    await phone.sync();
    assert.deepEqual([phone.waiting, phone.refused], [0, []]);
    const { episodes } = await rowsOf(phone);
    for (const { recorded_at, ...ours } of before) assert.deepEqual(ours, alike(ours, episodes[ours.id]));
    const periods = [
      [89, 0],
      [29, 0],
      [6, 0],
      [149, 0],
      [60, 30],
      [300, 0],
    ];
    await agreesInAll(
      phone,
      periods.map(([from, to]) => ({ from: addDays(today, -from), to: addDays(today, -to) })),
    );
    phone.close();
  });
}

test('an empty diary has no figures, and says why', async () => {
  const { phone } = await personOn(service);
  const today = phone.diary.today();
  await agrees(phone, { from: addDays(today, -89), to: today });
  assert.deepEqual([phone.diary.figures().treatment, phone.diary.figures().night_rate.reason], [null, 'not_covered']);
  phone.close();
});
