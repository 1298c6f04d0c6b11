// What a diary makes of its rows, without a service.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { Diary } from '../../companion/diary/diary.js';

/** Rows in memory, all of them as if the service had them but for those that were written here. */
class Shelf {
  id = 'diary';
  head = { id: 'diary', display_name: null, role: 'owner', isMine: false };
  version = 0;
  isComplete = true;
  #rows = {
    settings: new Map(),
    episodes: new Map(),
    treatments: new Map(),
    check_ins: new Map(),
    soreness: new Map(),
  };
  #small = new Map();

  constructor(settings = {}) {
    this.has('settings', 'diary', { time_zone: 'Europe/Berlin', ...settings });
  }

  rows(table) {
    return this.#rows[table];
  }

  has(table, id, row) {
    this.#rows[table].set(id, { row, known: row, isUnsent: false, isRefused: false });
    this.version += 1;
  }

  async write(changes, small = {}) {
    for (const { table, id, row } of changes) {
      const { known } = this.#rows[table].get(id) ?? {};
      if (row) this.#rows[table].set(id, { row, known, isUnsent: true, isRefused: false });
      else this.#rows[table].delete(id);
    }
    for (const [key, value] of Object.entries(small)) this.#small.set(key, value);
    this.version += 1;
  }

  recall(key) {
    return this.#small.get(key);
  }

  async remember(key, value) {
    this.#small.set(key, value);
    this.version += 1;
  }
}

const clockAt = (context, now) => context.mock.timers.enable({ apis: ['Date'], now: Date.parse(now) });

test('a cramp that is logged in a repeated hour keeps its offset', async (context) => {
  clockAt(context, '2026-10-25T01:30:20.500Z');
  const diary = new Diary(new Shelf());
  const cramp = diary.episode(await diary.logCramp());
  assert.deepEqual(
    [cramp.started_at, cramp.local_time, cramp.night_of],
    ['2026-10-25T02:30:20+01:00', '02:30', '2026-10-24'],
  );
});

test('on a trip, a cramp is of the place where the person is', async () => {
  const diary = new Diary(new Shelf());
  const id = await diary.logCramp({ started_at: '2026-03-10T20:00:00Z', time_zone: 'Asia/Tokyo' });
  const { started_at, local_date, period } = diary.episode(id);
  assert.deepEqual([started_at, local_date, period], ['2026-03-11T05:00:00+09:00', '2026-03-11', 'night']);
  await diary.changeCramp(id, { time_zone: 'Europe/Berlin' });
  assert.deepEqual(
    [diary.episode(id).started_at, diary.episode(id).local_date],
    ['2026-03-10T21:00:00+01:00', '2026-03-10'],
  );
});

test('what the service has stored of a clock stays, whatever this phone knows of zones', async () => {
  const shelf = new Shelf();
  shelf.has('episodes', 'one', {
    id: 'one',
    started_at: '2026-03-10T20:00:00+07:00',
    time_zone: 'Mars/Olympus',
    local_date: '2026-03-10',
    local_time: '20:00',
    night_of: null,
    period: 'evening',
    intensity: null,
    sites: [],
    relief: [],
    triggers: [],
    note: null,
    interrupted_sleep: null,
    duration_seconds: null,
    unknown_to_the_app: 7,
  });
  const diary = new Diary(shelf);
  await diary.changeCramp('one', { intensity: 4 });
  const { local_time, intensity, unknown_to_the_app, period } = diary.episode('one');
  assert.deepEqual([local_time, intensity, unknown_to_the_app, period], ['20:00', 4, 7, 'evening']);
});

test('other night hours divide the days at once', async () => {
  const shelf = new Shelf();
  const diary = new Diary(shelf);
  const id = await diary.logCramp({ started_at: '2026-03-10T06:30:00+01:00', time_zone: 'Europe/Berlin' });
  assert.equal(diary.episode(id).period, 'day');
  await diary.changeSettings({ night_end: '07:00' });
  assert.deepEqual([diary.episode(id).period, diary.episode(id).night_of], ['night', '2026-03-09']);
});

test('a cramp is open until it lets go, or for an hour', async (context) => {
  clockAt(context, '2026-03-10T02:12:00Z');
  const diary = new Diary(new Shelf());
  await diary.logCramp({ started_at: '2026-03-10T01:50:00Z' });
  assert.equal(diary.openCramp, null, 'who writes down what is over does not open it');
  const id = await diary.logCramp();
  assert.equal(diary.openCramp.id, id);
  assert.deepEqual(
    diary.prompts().filter(({ episode }) => episode?.id === id),
    [],
    'and is not asked to finish it',
  );
  context.mock.timers.setTime(Date.parse('2026-03-10T02:15:20Z'));
  await diary.letGo({ measure: 'walking', tried: ['stretching', 'walking'] });
  assert.equal(diary.openCramp, null);
  assert.equal(diary.episode(id).duration_seconds, 200);
  assert.deepEqual(diary.episode(id).relief, [
    { measure: 'stretching', seconds_to_relief: null },
    { measure: 'walking', seconds_to_relief: 200 },
  ]);
  await diary.logCramp();
  await diary.closeCramp();
  assert.equal(diary.openCramp, null);
  await diary.logCramp();
  context.mock.timers.setTime(Date.parse('2026-03-10T03:15:20Z'));
  assert.equal(diary.openCramp, null);
  await diary.letGo();
});

test('three things are asked at most, the most useful first, and nothing that was put away', async (context) => {
  clockAt(context, '2026-03-10T06:30:00Z');
  const diary = new Diary(new Shelf());
  const asked = () => diary.prompts().map(({ kind, date }) => `${kind} ${date}`);
  assert.deepEqual(asked(), ['check_in 2026-03-09']);
  const id = await diary.logCramp({ started_at: '2026-03-10T02:12:00Z' });
  await diary.logCramp({ started_at: '2026-03-08T13:00:00Z', intensity: 5 });
  await diary.logCramp({ started_at: '2026-03-08T14:00:00Z', duration_seconds: 60 });
  assert.deepEqual(asked(), ['finish 2026-03-10', 'finish 2026-03-08', 'check_in 2026-03-09']);
  assert.deepEqual(diary.prompts()[1].missing, ['intensity', 'sites', 'interrupted_sleep']);
  for (const prompt of diary.prompts()) await diary.dismiss(prompt);
  assert.deepEqual(asked(), ['soreness 2026-03-10', 'soreness 2026-03-10']);
  for (const { episode, date } of diary.prompts()) await diary.saveSoreness(episode.id, date, { level: 0 });
  assert.deepEqual(asked(), []);
  await diary.changeCramp(id, { intensity: 3 });
  context.mock.timers.setTime(Date.parse('2026-03-11T06:30:00Z'));
  assert.deepEqual(asked(), ['soreness 2026-03-11']);
});

test('the rows of the raster go from noon to noon', async () => {
  const diary = new Diary(new Shelf());
  const cramp = (at, more) => diary.logCramp({ started_at: `${at}:00+01:00`, time_zone: 'Europe/Berlin', ...more });
  const id = await cramp('2026-03-08T23:50', { intensity: 6, interrupted_sleep: true });
  await cramp('2026-03-09T03:10');
  await cramp('2026-03-09T12:00');
  await diary.saveSoreness(id, '2026-03-10', { level: 4 });
  await diary.checkIn('2026-03-10', { cramp_free: true });
  await diary.saveTreatment('t', {
    kind: 'compression',
    name: 'Socks',
    started_on: '2026-03-08',
    ended_on: '2026-03-10',
  });
  const nights = diary.nights(4, '2026-03-11');
  assert.deepEqual(
    nights.map(({ night_of, covered, partly, soreness }) => [night_of, covered, partly, soreness]),
    [
      ['2026-03-07', false, true, null],
      ['2026-03-08', true, true, null],
      ['2026-03-09', true, true, 4],
      ['2026-03-10', false, true, null],
    ],
  );
  assert.deepEqual(
    nights.map(({ marks }) => marks.map(({ minute_from_noon }) => minute_from_noon)),
    [[], [710, 910], [0], []],
  );
  assert.deepEqual(
    nights.map(({ treatments }) => treatments.map(({ what }) => what)),
    [[], ['started'], [], ['ended']],
  );
  assert.deepEqual(nights[1].marks[0], {
    id,
    minute_from_noon: 710,
    intensity: 6,
    duration_seconds: null,
    broke_sleep: true,
    local_time: '23:50',
  });
  assert.equal(
    diary.nights(4, '2026-03-08').at(-1).night_of,
    '2026-03-08',
    'tonight is there as soon as there is something in it',
  );
});

test('a diary of thousands of cramps is read in no time', async () => {
  const shelf = new Shelf();
  const start = Date.parse('2010-01-01T00:00:00Z');
  for (let number = 0; number < 6_000; number += 1) {
    const started_at = new Date(start + number * 80_000_000).toISOString();
    shelf.has('episodes', `e${number}`, {
      started_at,
      time_zone: 'UTC',
      local_date: started_at.slice(0, 10),
      local_time: started_at.slice(11, 16),
      period: 'day',
      night_of: null,
      sites: [],
      relief: [],
      triggers: [],
      intensity: 3,
      note: null,
      interrupted_sleep: null,
      context: null,
      duration_seconds: null,
    });
  }
  const diary = new Diary(shelf);
  const began = performance.now();
  assert.equal(diary.episodes.length, 6_000);
  diary.figures();
  diary.nights(90);
  diary.prompts();
  assert.ok(performance.now() - began < 500, `${performance.now() - began} ms`);
});
