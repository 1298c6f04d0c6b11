// Phones with WatermelonDB, of one person and of a carer.

import assert from 'node:assert/strict';
import { after, afterEach, test } from 'node:test';

import { Database } from '@nozbe/watermelondb';
import LokiJS from '@nozbe/watermelondb/adapters/lokijs/index.js';
import logger from '@nozbe/watermelondb/utils/common/logger/index.js';

import { register } from './people.mjs';
import { Service, forgetDeletions } from './service.mjs';
import { create, modelClasses, schema, sync } from './watermelon.mjs';
import { KILLS, atNextPush } from './wire.mjs';

const service = await new Service().start();
after(() => service.remove());

// It says where a server breaks its rules, and carries on.
const complaints = [];
logger.default.silence();
logger.default.error = (complaint) => complaints.push(String(complaint));
afterEach(() => assert.deepEqual(complaints.splice(0), []));

const TABLES = Object.keys(schema.tables);
const LISTS = ['sites', 'triggers', 'relief'];

class Phone {
  constructor(person) {
    this.person = person;
    const adapter = new LokiJS.default({
      schema, useWebWorker: false, useIncrementalIndexedDB: false, extraLokiOptions: { autosave: false },
    });
    this.database = new Database({ adapter, modelClasses });
  }

  create(table, id, columns) {
    return this.database.write(() => create(this.database, table, id, columns));
  }

  change(table, id, columns) {
    return this.database.write(async () => {
      const row = await this.database.get(table).find(id);
      await row.update(() => Object.assign(row, columns));
    });
  }

  delete(table, id) {
    return this.database.write(async () => (await this.database.get(table).find(id)).markAsDeleted());
  }

  logs(id, columns = {}) {
    return this.create('episodes', id, { started_at: '2026-03-02T02:10:00+01:00', time_zone: 'Europe/Berlin', ...columns });
  }

  sync() {
    return sync(this.database, this.person);
  }

  async raws(table) {
    const rows = await this.database.get(table).query().fetch();
    return Object.fromEntries(rows.map((row) => [row.id, row._raw]));
  }

  async row(table, id) {
    return (await this.raws(table))[id];
  }
}

/** A row of the plain protocol in the columns of WatermelonDB, its lists as lists. */
function columns(table, id, { soreness = {}, ...row }) {
  const flat = Object.entries(soreness).map(([name, value]) => [`soreness_${name}`, value]);
  const all = { ...row, ...Object.fromEntries(flat) };
  const values = Object.keys(schema.tables[table].columns).map((name) => {
    const value = ['created_at', 'updated_at'].includes(name) ? Date.parse(all[name]) : all[name];
    return [name, value];
  });
  // The settings of a diary are shown with the revision of all of it.
  return { id, ...Object.fromEntries(values), ...(table === 'settings' && { revision: undefined }) };
}

function asWritten(table, { _status, _changed, ...raw }) {
  assert.deepEqual([_status, _changed], ['synced', ''], `${table} ${raw.id}`);
  const lists = LISTS.filter((name) => name in raw).map((name) => [name, JSON.parse(raw[name])]);
  return { ...raw, ...Object.fromEntries(lists), ...(table === 'settings' && { revision: undefined }) };
}

/** Each phone has what the server has, and nothing to send. */
async function allAgree(...phones) {
  const [{ person }] = phones;
  const truth = await person.rows();
  const cramps = Object.values(truth.episodes).sort((one, other) => (one.id < other.id ? -1 : 1));
  assert.deepEqual(await person.episodes(), cramps);
  for (const phone of phones) {
    for (const table of TABLES) {
      const theirs = Object.entries(await phone.raws(table)).map(([id, raw]) => [id, asWritten(table, raw)]);
      const ours = Object.entries(truth[table]).map(([id, row]) => [id, columns(table, id, row)]);
      assert.deepEqual(Object.fromEntries(theirs), Object.fromEntries(ours));
      assert.deepEqual(await phone.database.adapter.getDeletedRecords(table), []);
    }
  }
  return truth;
}

/** All send what they have, and then fetch what the others have sent. */
async function everybodySyncs(...phones) {
  for (const phone of [...phones, ...phones]) await phone.sync();
  return allAgree(...phones);
}

async function household() {
  const patient = await register(service);
  const phones = [patient, patient, await patient.carer()].map((person) => new Phone(person));
  for (const phone of phones) await phone.sync();
  return phones;
}

test('what three phones log without a network is on all of them after it', async () => {
  const [phone, tablet, carer] = await household();
  await phone.logs('p1', {
    intensity: 8, duration_seconds: 180, sites: JSON.stringify([{ part: 'calf', side: 'left' }]), context: 'asleep',
    interrupted_sleep: true, sleep_disturbance: 6, triggers: JSON.stringify(['long_walk']),
    relief: JSON.stringify([{ measure: 'stretching', seconds_to_relief: 15 }]), note: 'Foot pointing down.',
  });
  await phone.logs('p2', { started_at: '2026-03-03T14:00:00+01:00', interrupted_sleep: false });
  await phone.create('soreness', 'p1.2026-03-03', { episode_id: 'p1', date: '2026-03-03', level: 4, tender_to_touch: true });
  await tablet.logs('t1', { started_at: '2026-03-04T23:30:00+01:00', intensity: 0 });
  await tablet.create('check_ins', '2026-03-05', { date: '2026-03-05', cramp_free: true });
  await carer.logs('c1', { started_at: '2026-03-06T05:59:59+01:00' });
  await carer.create('treatments', 'stretches', { kind: 'stretching', name: 'Calf stretches', started_on: '2026-03-01' });
  const truth = await everybodySyncs(phone, tablet, carer);
  assert.deepEqual(Object.keys(truth.episodes).sort(), ['c1', 'p1', 'p2', 't1']);
  assert.equal(truth.episodes.p1.soreness.peak, 4);
  assert.equal(truth.episodes.p2.interrupted_sleep, false);
  assert.equal(truth.episodes.t1.intensity, 0);
  assert.equal(truth.episodes.t1.interrupted_sleep, null);
  assert.equal(truth.check_ins['2026-03-05'].cramp_free, true);
  assert.equal(truth.treatments.stretches.name, 'Calf stretches');

  const [settings] = Object.keys(truth.settings);
  await tablet.change('settings', settings, { night_start: '21:30' });
  assert.equal((await everybodySyncs(phone, tablet, carer)).settings[settings].night_start, '21:30');
});

test('what was changed in one cramp on two phones is merged, column by column', async () => {
  const [phone, tablet] = await household();
  await phone.logs('a', { intensity: 3 });
  await everybodySyncs(phone, tablet);
  await phone.change('episodes', 'a', { intensity: 7 });
  await tablet.change('episodes', 'a', { note: 'It was the other leg.' });
  const { a } = (await everybodySyncs(phone, tablet)).episodes;
  assert.deepEqual([a.intensity, a.note], [7, 'It was the other leg.']);
});

test('a push that somebody forestalls is refused, and goes through after another pull', async (t) => {
  const [phone, tablet] = await household();
  await phone.logs('a', { intensity: 3 });
  await everybodySyncs(phone, tablet);
  await phone.change('episodes', 'a', { intensity: 7 });
  await tablet.change('episodes', 'a', { note: 'It was the other leg.' });
  let status;
  atNextPush(t, async (send) => {
    await phone.sync();
    const answer = await send();
    ({ status } = answer);
    return answer;
  });
  await tablet.sync();
  assert.equal(status, 409);
  const { a } = (await everybodySyncs(phone, tablet)).episodes;
  assert.deepEqual([a.intensity, a.note], [7, 'It was the other leg.']);
});

test('the same day, checked in on two phones, is one row with what both knew', async () => {
  const [phone, tablet] = await household();
  await phone.create('check_ins', '2026-03-05', { date: '2026-03-05', cramp_free: true, triggers: '["wine"]' });
  await tablet.create('check_ins', '2026-03-05', { date: '2026-03-05', cramp_free: true, note: 'Slept through.' });
  const day = (await everybodySyncs(phone, tablet)).check_ins['2026-03-05'];
  assert.deepEqual([day.triggers, day.note], [['wine'], 'Slept through.']);
});

test('a cramp that is deleted here and changed there is deleted, with its soreness', async () => {
  const [phone, tablet, carer] = await household();
  await phone.logs('a', { intensity: 3 });
  await phone.logs('b');
  await phone.create('soreness', 'a.2026-03-03', { episode_id: 'a', date: '2026-03-03', level: 4 });
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
  const day = '2026-03-05';
  await phone.create('check_ins', day, { date: day, cramp_free: true, note: 'Slept through.' });
  await everybodySyncs(phone, tablet);
  await phone.delete('check_ins', day);
  assert.deepEqual((await everybodySyncs(phone, tablet)).check_ins, {});
  await phone.create('check_ins', day, { date: day, cramp_free: false });
  assert.equal((await everybodySyncs(phone, tablet)).check_ins[day].note, null);
  await tablet.delete('check_ins', day);
  await tablet.create('check_ins', day, { date: day, cramp_free: true, note: 'Once more.' });
  assert.equal((await everybodySyncs(phone, tablet)).check_ins[day].note, 'Once more.');
});

test('a new phone gets everything, and hears of nothing that was deleted', async () => {
  const [phone] = await household();
  for (const id of ['a', 'b', 'c']) await phone.logs(id);
  await everybodySyncs(phone);
  await phone.delete('episodes', 'b');
  await everybodySyncs(phone);
  const { person } = phone;
  const first = await person.api('GET', `${person.url}/sync/watermelon?last_pulled_at=null&schema_version=1&migration=null`);
  for (const table of TABLES) {
    assert.deepEqual([first.changes[table].created, first.changes[table].deleted], [[], []]);
  }
  assert.ok(first.timestamp > 0);
  const fresh = new Phone(person);
  await fresh.sync();
  assert.deepEqual(Object.keys((await allAgree(phone, fresh)).episodes).sort(), ['a', 'c']);
});

test('one row that cannot be right does not keep the others back, and waits to be corrected', async () => {
  const [phone, tablet] = await household();
  await phone.logs('a', { intensity: 10 });
  await phone.logs('b', { intensity: 11 });
  await phone.logs('c', { intensity: 0 });
  await phone.sync();
  assert.deepEqual((await phone.person.episodes()).map(({ id }) => id), ['a', 'c']);
  assert.equal((await phone.row('episodes', 'b'))._status, 'created');
  await phone.change('episodes', 'b', { intensity: 1 });
  assert.equal((await everybodySyncs(phone, tablet)).episodes.b.intensity, 1);
});

test('who was away until deletions were forgotten still loses what was deleted, and keeps what is new', async () => {
  const [phone, tablet] = await household();
  for (const id of ['a', 'b']) await phone.logs(id);
  await everybodySyncs(phone, tablet);
  await phone.delete('episodes', 'a');
  await phone.sync();
  await tablet.logs('c');
  await tablet.change('episodes', 'b', { intensity: 4 });
  await forgetDeletions(service);
  const { episodes } = await everybodySyncs(tablet, phone);
  assert.deepEqual(Object.keys(episodes).sort(), ['b', 'c']);
  assert.equal(episodes.b.intensity, 4);
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
    atNextPush(t, kill(service));
    // Whether the phone hears of it in time is a matter of luck.
    await phone.sync().catch(() => {});
    await service.start();
    const { episodes } = await everybodySyncs(phone, tablet);
    assert.equal(Object.keys(episodes).length, 51);
    assert.equal(episodes.old.intensity, 2);
  });
}
