// Devices with RxDB and the client of rxdb-server, of one person and of a carer.

import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, afterEach, test as anyTest } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';

import { createRxDatabase } from 'rxdb/plugins/core';
import { getRxStorageMemory } from 'rxdb/plugins/storage-memory';
import { wrappedValidateAjvStorage } from 'rxdb/plugins/validate-ajv';

import { register } from './people.mjs';
import { collections, replicate, send, startOver, sync } from './rxdb.mjs';
import { Service, forgetDeletions } from './service.mjs';
import { KILLS, atNextPush } from './wire.mjs';

const service = await new Service().start();
after(() => service.remove());
// RxDB opens no more than 16 collections at a time.
const databases = [];
afterEach(() => Promise.all(databases.splice(0).map((database) => database.close())));

const TABLES = Object.keys(collections);
/** Milliseconds. Each of these tests takes a small part of it, unless the client tries something again and again. */
const PATIENCE = 20_000;
const RETRY = 200;
const test = (sentence, body) => anyTest(sentence, { timeout: PATIENCE }, body);

class Device {
  /** It holds what is written and what arrives against the schema, unless it is `careless`. */
  static async of(person, { careless = false } = {}) {
    const memory = getRxStorageMemory();
    const storage = careless ? memory : wrappedValidateAjvStorage({ storage: memory });
    const database = await createRxDatabase({ name: randomUUID(), storage, multiInstance: false });
    databases.push(database);
    await database.addCollections(collections);
    return Object.assign(new Device(), { person, database });
  }

  /** What the adapter has to know of the diary. */
  get diary() {
    return { url: this.person.url, token: () => this.person.token };
  }

  create(table, row) {
    return this.database[table].insert(row);
  }

  logs(id, more = {}) {
    return this.create('episodes', { id, started_at: '2026-03-02T02:10:00+01:00', time_zone: 'Europe/Berlin', ...more });
  }

  async change(table, id, fields) {
    return (await this.row(table, id)).patch(fields);
  }

  async delete(table, id) {
    return (await this.row(table, id)).remove();
  }

  row(table, id) {
    return this.database[table].findOne(id).exec();
  }

  /** Without any trouble, unless it may be. */
  #calmly(how, options) {
    return new Promise((done, trouble) => {
      how(this.database, this.diary, { retryTime: RETRY, trouble, ...options }).then(done, trouble);
    });
  }

  sync(options) {
    return this.#calmly(sync, options);
  }

  send() {
    return this.#calmly(send);
  }

  live() {
    return replicate(this.database, this.diary, { retryTime: RETRY });
  }
}

/** What everybody sees alike, and RxDB can name. */
function comparable(table, row) {
  const names = Object.keys(collections[table].schema.properties);
  return Object.fromEntries(names.map((name) => [name, row[name]]));
}

/** Each device has what the server has. */
async function allAgree(...devices) {
  const [{ person }] = devices;
  const truth = await person.rows();
  const cramps = Object.values(truth.episodes).sort((one, other) => (one.id < other.id ? -1 : 1));
  assert.deepEqual(await person.episodes(), cramps);
  for (const { database } of devices) {
    for (const table of TABLES) {
      const theirs = (await database[table].find().exec()).map((row) => [row.id, comparable(table, row.toJSON())]);
      const ours = Object.entries(truth[table]).map(([id, row]) => [id, comparable(table, { ...row, id })]);
      assert.deepEqual(Object.fromEntries(theirs), Object.fromEntries(ours));
    }
  }
  return truth;
}

/** All send what they have, and then fetch what the others have sent. */
async function everybodySyncs(...devices) {
  for (const device of [...devices, ...devices]) await device.sync();
  return allAgree(...devices);
}

async function household(options) {
  const patient = await register(service);
  const people = [patient, patient, await patient.carer()];
  const devices = await Promise.all(people.map((person) => Device.of(person, options)));
  for (const device of devices) await device.sync();
  return devices;
}

test('what three devices log without a network is on all of them after it', async () => {
  const [phone, tablet, carer] = await household();
  await phone.create('soreness', {
    id: 'p1.2026-03-03', episode_id: 'p1', date: '2026-03-03', level: 4, tender_to_touch: true,
  });
  await phone.logs('p1', {
    intensity: 8, duration_seconds: 180, sites: [{ part: 'calf', side: 'left' }], context: 'asleep',
    interrupted_sleep: true, sleep_disturbance: 6, triggers: ['long_walk'],
    relief: [{ measure: 'stretching', seconds_to_relief: 15 }], note: 'Foot pointing down.',
  });
  await phone.logs('p2', { started_at: '2026-03-03T13:00:00Z', interrupted_sleep: false });
  await tablet.logs('t1', { started_at: '2026-03-04T23:30:00+01:00', intensity: 0 });
  await tablet.create('check_ins', { id: '2026-03-05', date: '2026-03-05', cramp_free: true });
  await carer.logs('c1', { started_at: '2026-03-06T05:59:59+01:00' });
  await carer.create('treatments', {
    id: 'stretches', kind: 'stretching', name: 'Calf stretches', started_on: '2026-03-01',
  });
  const truth = await everybodySyncs(phone, tablet, carer);
  assert.deepEqual(Object.keys(truth.episodes).sort(), ['c1', 'p1', 'p2', 't1']);
  assert.equal(truth.episodes.p1.soreness.peak, 4);
  assert.equal(truth.episodes.p2.interrupted_sleep, false);
  assert.equal(truth.episodes.t1.intensity, 0);
  assert.equal(truth.check_ins['2026-03-05'].cramp_free, true);
  assert.equal(truth.treatments.stretches.name, 'Calf stretches');

  const [settings] = Object.keys(truth.settings);
  await tablet.change('settings', settings, { night_start: '21:30' });
  assert.equal((await everybodySyncs(phone, tablet, carer)).settings[settings].night_start, '21:30');
});

test('more than a page is pulled page by page', async () => {
  const [phone, tablet] = await household();
  await phone.logs('first');
  await phone.sync();
  // All that one push brings may be of one revision, and a page end in the middle of it.
  await phone.database.episodes.bulkInsert(Array.from({ length: 250 }, (_, count) => {
    const seconds = String(count % 60).padStart(2, '0');
    return { id: `e${count}`, started_at: `2026-03-02T02:10:${seconds}+01:00`, intensity: count % 11 };
  }));
  assert.equal(Object.keys((await everybodySyncs(phone, tablet)).episodes).length, 251);
});

test('an edit goes on from what was sent, whatever the server makes of it', async () => {
  const [phone, tablet] = await household();
  await phone.logs('a', { started_at: '2026-03-02T01:10:00.000Z' });
  await phone.send();
  await phone.change('episodes', 'a', { intensity: 5 });
  await phone.send();
  assert.equal((await phone.row('episodes', 'a')).started_at, '2026-03-02T01:10:00.000Z', 'there was no conflict');
  assert.equal((await everybodySyncs(phone, tablet)).episodes.a.intensity, 5);
});

test('what was changed in one cramp on two devices is merged, field by field', async () => {
  const [phone, tablet] = await household();
  await phone.logs('a', { intensity: 3 });
  await everybodySyncs(phone, tablet);
  await phone.change('episodes', 'a', { intensity: 7 });
  await tablet.change('episodes', 'a', { note: 'It was the other leg.' });
  const before = (await phone.person.rows()).episodes.a.revision;
  const { a } = (await everybodySyncs(phone, tablet)).episodes;
  assert.deepEqual([a.intensity, a.note], [7, 'It was the other leg.']);
  assert.equal(a.revision, before + 2, 'nothing but these two edits counts as a change');
});

test('the same day, checked in on two devices, is one row with what both knew', async () => {
  const [phone, tablet] = await household();
  await phone.create('check_ins', { id: '2026-03-05', date: '2026-03-05', cramp_free: true, triggers: ['wine'] });
  await tablet.create('check_ins', { id: '2026-03-05', date: '2026-03-05', cramp_free: true, note: 'Slept through.' });
  const day = (await everybodySyncs(phone, tablet)).check_ins['2026-03-05'];
  assert.deepEqual([day.triggers, day.note], [['wine'], 'Slept through.']);
});

test('a cramp that is deleted here and changed there is deleted, with its soreness', async () => {
  const [phone, tablet, carer] = await household();
  await phone.logs('a', { intensity: 3 });
  await phone.logs('b');
  await phone.create('soreness', { id: 'a.2026-03-03', episode_id: 'a', date: '2026-03-03', level: 4 });
  await everybodySyncs(phone, tablet, carer);
  await phone.delete('episodes', 'a');
  await tablet.change('episodes', 'a', { intensity: 7 });
  await carer.change('soreness', 'a.2026-03-03', { level: 5 });
  await tablet.delete('episodes', 'b');
  await phone.change('episodes', 'b', { intensity: 2 });
  const truth = await everybodySyncs(phone, tablet, carer);
  assert.deepEqual([truth.episodes, truth.soreness], [{}, {}]);
});

test('a check-in that was deleted can be made again', async () => {
  const [phone, tablet] = await household();
  const day = { id: '2026-03-05', date: '2026-03-05', cramp_free: true };
  await phone.create('check_ins', { ...day, note: 'Slept through.' });
  await everybodySyncs(phone, tablet);
  await phone.delete('check_ins', day.id);
  assert.deepEqual((await everybodySyncs(phone, tablet)).check_ins, {});
  await phone.create('check_ins', { ...day, cramp_free: false });
  assert.equal((await everybodySyncs(phone, tablet)).check_ins[day.id].note, null);
  await tablet.delete('check_ins', day.id);
  await tablet.create('check_ins', { ...day, note: 'Once more.' });
  assert.equal((await everybodySyncs(phone, tablet)).check_ins[day.id].note, 'Once more.');
});

test('a new device gets everything but what was deleted', async () => {
  const person = await register(service);
  const phone = await Device.of(person);
  for (const id of ['a', 'b', 'c']) await phone.logs(id);
  await everybodySyncs(phone);
  await phone.delete('episodes', 'b');
  await everybodySyncs(phone);
  const fresh = await Device.of(person);
  await fresh.sync();
  assert.deepEqual(Object.keys((await allAgree(phone, fresh)).episodes).sort(), ['a', 'c']);
});

test('one row that cannot be right does not keep the others back', async () => {
  const [phone] = await household({ careless: true });
  await phone.logs('a', { intensity: 10 });
  await phone.logs('b', { intensity: 11 });
  await phone.logs('c', { intensity: 0 });
  await phone.sync();
  await phone.change('episodes', 'c', { intensity: 1 });
  await phone.sync();
  assert.deepEqual((await phone.person.episodes()).map(({ id, intensity }) => [id, intensity]), [['a', 10], ['c', 1]]);
});

test('an edit that cannot be right is taken back', async () => {
  const [phone, tablet] = await household({ careless: true });
  await phone.logs('a', { intensity: 10 });
  await everybodySyncs(phone, tablet);
  await phone.change('episodes', 'a', { intensity: 11 });
  assert.equal((await everybodySyncs(phone, tablet)).episodes.a.intensity, 10);
});

test('an access token that is no longer good is replaced', async () => {
  const [phone] = await household();
  await phone.logs('a');
  const troubles = new Set();
  await sync(phone.database, { url: phone.person.url, token: () => (troubles.size ? phone.person.token : 'outworn') }, {
    retryTime: RETRY, trouble: (error) => troubles.add(error.code),
  });
  assert.deepEqual([...troubles], ['RC_UNAUTHORIZED']);
  await everybodySyncs(phone);
});

test('who was away until deletions were forgotten starts over, with what is new', async () => {
  const [phone, tablet] = await household();
  for (const id of ['a', 'b']) await phone.logs(id);
  await everybodySyncs(phone, tablet);
  await phone.delete('episodes', 'a');
  await phone.sync();
  await tablet.logs('c');
  await tablet.change('episodes', 'b', { intensity: 4 });
  await forgetDeletions(service);
  const outdated = [];
  await tablet.sync({ outdated: (table) => outdated.push(table), trouble: undefined });
  assert.deepEqual(outdated, ['episodes']);
  await startOver(tablet.database, tablet.diary, { retryTime: RETRY }, 'episodes');
  const { episodes } = await everybodySyncs(tablet, phone);
  assert.deepEqual(Object.keys(episodes).sort(), ['b', 'c']);
  assert.equal(episodes.b.intensity, 4);
});

/** Waits for what comes by itself. */
async function until(fits) {
  while (!(await fits())) await sleep(20);
}

test('devices that are on hear of each other by themselves, also after the server was away', async () => {
  const devices = await household();
  const [phone, tablet, carer] = devices;
  const running = await Promise.all(devices.map((device) => device.live()));
  await phone.logs('a', { intensity: 3 });
  await phone.create('soreness', { id: 'a.2026-03-03', episode_id: 'a', date: '2026-03-03', level: 4 });
  await until(() => carer.row('soreness', 'a.2026-03-03'));
  await until(() => tablet.row('episodes', 'a'));
  await tablet.change('episodes', 'a', { intensity: 7 });
  await until(async () => (await carer.row('episodes', 'a')).intensity === 7);
  await service.stop();
  await carer.logs('b');
  await service.start();
  await until(() => phone.row('episodes', 'b'));
  await phone.delete('episodes', 'a');
  await until(async () => !(await carer.row('soreness', 'a.2026-03-03')));
  await until(async () => !(await tablet.row('episodes', 'a')));
  await Promise.all(running.flatMap(Object.values).map((replication) => replication.cancel()));
  assert.deepEqual((await phone.person.episodes()).map(({ id }) => id), ['b']);
});

for (const [when, kill] of Object.entries(KILLS)) {
  test(`nothing is lost or doubled when the server is killed in a push, ${when}`, async (t) => {
    const [phone, tablet] = await household();
    await phone.logs('old', { intensity: 1 });
    await phone.logs('gone');
    await everybodySyncs(phone, tablet);
    for (let count = 0; count < 50; count += 1) await phone.logs(`new-${count}`, { intensity: count % 11 });
    await phone.change('episodes', 'old', { intensity: 2 });
    await phone.delete('episodes', 'gone');
    const killed = new Promise((done) => {
      atNextPush(t, (...request) => kill(service)(...request).finally(done));
    });
    const synced = phone.sync({ trouble: undefined });
    await killed;
    await service.start();
    await synced;
    const { episodes } = await everybodySyncs(phone, tablet);
    assert.equal(Object.keys(episodes).length, 51);
    assert.equal(episodes.old.intensity, 2);
  });
}
