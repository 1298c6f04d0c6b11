// Devices that speak the plain protocol, of one person and of a carer.

import assert from 'node:assert/strict';
import { after, test as anyTest } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';

import { Refused, listen, sync } from '../../companion/keeping/plain.js';
import { MemoryStore } from './memory_store.mjs';
import { Person, register } from './people.mjs';
import { Service, forgetDeletions } from './service.mjs';
import { KILLS } from './wire.mjs';

const service = await new Service().start();
after(() => service.remove());

const TABLES = ['settings', 'episodes', 'treatments', 'check_ins', 'soreness'];
/** Milliseconds. Each of these tests takes a small part of it, unless something is tried again and again. */
const PATIENCE = 30_000;
const test = (sentence, body) => anyTest(sentence, { timeout: PATIENCE }, body);

class Device {
  store = new MemoryStore();

  constructor(person) {
    this.person = person;
  }

  /** What the adapter has to know of the diary. */
  get diary() {
    return { url: this.person.url, token: () => this.person.token };
  }

  create(table, id, row) {
    this.store.write(table, id, row);
  }

  logs(id, more = {}) {
    this.create('episodes', id, { started_at: '2026-03-02T02:10:00+01:00', time_zone: 'Europe/Berlin', ...more });
  }

  change(table, id, fields) {
    this.store.write(table, id, { ...this.row(table, id), ...fields });
  }

  delete(table, id) {
    this.store.write(table, id, null);
  }

  row(table, id) {
    return this.store.get(table, id);
  }

  sync(resolve) {
    return sync(this.store, this.diary, resolve);
  }
}

/** What everybody sees alike of a row: who sees the settings, and of what revision, is another matter. */
function comparable(table, row) {
  const { role, revision, ...rest } = row;
  return table === 'settings' ? rest : row;
}

/** Each device has what the server has, and nothing to send. */
async function allAgree(...devices) {
  const [{ person }] = devices;
  const truth = await person.rows();
  const cramps = Object.values(truth.episodes).sort((one, other) => (one.id < other.id ? -1 : 1));
  assert.deepEqual(await person.episodes(), cramps);
  for (const { store } of devices) {
    assert.deepEqual(store.pending(), []);
    for (const table of TABLES) {
      const [theirs, ours] = [store.all(table), truth[table]].map((rows) => (
        Object.fromEntries(Object.entries(rows).map(([id, row]) => [id, comparable(table, row)]))
      ));
      assert.deepEqual(theirs, ours);
    }
  }
  return truth;
}

/** All send what they have, and then fetch what the others have sent. */
async function everybodySyncs(...devices) {
  for (const device of [...devices, ...devices]) await device.sync();
  return allAgree(...devices);
}

async function household() {
  const patient = await register(service);
  const devices = [patient, patient, await patient.carer()].map((person) => new Device(person));
  for (const device of devices) await device.sync();
  return devices;
}

/** Notes what is asked during a test; `answer` may answer in the place of the service. */
function listenIn(test, answer = () => {}) {
  const { fetch } = globalThis;
  const asked = [];
  test.mock.method(globalThis, 'fetch', async (url, options = {}) => {
    const entry = { method: options.method ?? 'GET', path: url.split('/').at(-1), headers: options.headers };
    asked.push(entry);
    const response = (await answer(entry, options)) || (await fetch(url, options));
    entry.status = response.status;
    return response;
  });
  return asked;
}

/** Has `happen` done in place of the next push of anybody during a test. */
function atNextPush(test, happen) {
  const { fetch } = globalThis;
  let due = true;
  test.mock.method(globalThis, 'fetch', (url, options) => {
    if (!due || options.method !== 'POST') return fetch(url, options);
    due = false;
    return happen(() => fetch(url, options), url, options, fetch);
  });
}

const said = (asked) => asked.map(({ method, status }) => `${method} ${status}`);

test('what three devices log without a network is on all of them after it', async () => {
  const [phone, tablet, carer] = await household();
  phone.create('soreness', 'p1.2026-03-03', { level: 4, tender_to_touch: true });
  phone.logs('p1', {
    intensity: 8, duration_seconds: 180, sites: [{ part: 'calf', side: 'left' }], context: 'asleep',
    interrupted_sleep: true, sleep_disturbance: 6, triggers: ['long_walk'],
    relief: [{ measure: 'stretching', seconds_to_relief: 15 }], note: 'Foot pointing down.',
  });
  phone.logs('p2', { started_at: '2026-03-03T13:00:00Z', interrupted_sleep: false });
  tablet.logs('t1', { started_at: '2026-03-04T23:30:00+01:00', intensity: 0 });
  tablet.create('check_ins', '2026-03-05', { cramp_free: true });
  carer.logs('c1', { started_at: '2026-03-06T05:59:59+01:00' });
  carer.create('treatments', 'stretches', { kind: 'stretching', name: 'Calf stretches', started_on: '2026-03-01' });
  const truth = await everybodySyncs(phone, tablet, carer);
  assert.deepEqual(Object.keys(truth.episodes).sort(), ['c1', 'p1', 'p2', 't1']);
  assert.equal(truth.episodes.p1.soreness.peak, 4);
  assert.equal(truth.episodes.p2.interrupted_sleep, false);
  assert.equal(truth.episodes.t1.intensity, 0);
  assert.equal(truth.check_ins['2026-03-05'].cramp_free, true);
  assert.equal(truth.treatments.stretches.name, 'Calf stretches');

  const [settings] = Object.keys(truth.settings);
  tablet.change('settings', settings, { night_start: '21:30' });
  assert.equal((await everybodySyncs(phone, tablet, carer)).settings[settings].night_start, '21:30');
});

test('more than a page comes page by page, and all of it also when one of them is lost', async (t) => {
  const [phone, tablet] = await household();
  for (let count = 0; count < 620; count += 1) phone.logs(`e${count}`, { intensity: count % 11 });
  await phone.sync();
  let pages = 0;
  const asked = listenIn(t, ({ method }) => {
    if (method === 'GET' && (pages += 1) === 2) throw new TypeError('the network is gone');
  });
  await assert.rejects(tablet.sync(), TypeError);
  await tablet.sync();
  assert.deepEqual(said(asked), ['GET 200', 'GET undefined', 'GET 200']);
  assert.equal(Object.keys((await allAgree(phone, tablet)).episodes).length, 620);
});

test('where nothing happened, a sync is one question that is answered with nothing', async (t) => {
  const [phone] = await household();
  await phone.sync();
  const asked = listenIn(t);
  await phone.sync();
  assert.deepEqual(said(asked), ['GET 304']);
});

test('what was changed in one cramp on two devices is merged, field by field', async () => {
  const [phone, tablet] = await household();
  phone.logs('a', { intensity: 3 });
  await everybodySyncs(phone, tablet);
  phone.change('episodes', 'a', { intensity: 7 });
  tablet.change('episodes', 'a', { note: 'It was the other leg.' });
  const { a } = (await everybodySyncs(phone, tablet)).episodes;
  assert.deepEqual([a.intensity, a.note], [7, 'It was the other leg.']);
});

test('the app may ask the person, and what loses is in the history', async () => {
  const [phone, tablet] = await household();
  phone.logs('a', { intensity: 3 });
  await everybodySyncs(phone, tablet);
  phone.change('episodes', 'a', { intensity: 7 });
  tablet.change('episodes', 'a', { intensity: 5 });
  await phone.sync();
  const questions = [];
  await tablet.sync(async (ours, theirs, { before }) => {
    questions.push([before, ours, theirs].map(({ intensity }) => intensity));
    return ours;
  });
  assert.deepEqual(questions, [[3, 5, 7]]);
  const { person } = tablet;
  const { items } = await person.api('GET', `${person.url}/episodes/a/history`);
  assert.deepEqual(items.map(({ row }) => row.intensity), [5, 7, 3]);
  tablet.change('episodes', 'a', { intensity: 9 });
  await phone.sync();
  phone.change('episodes', 'a', { intensity: 1 });
  await phone.sync();
  await tablet.sync((ours, theirs) => theirs);
  assert.equal((await allAgree(phone, tablet)).episodes.a.intensity, 1);
});

test('what is written while it is sent is sent as well, and in conflict with nothing', async (t) => {
  const [phone, tablet] = await household();
  phone.logs('a', { intensity: 3 });
  atNextPush(t, async (send) => {
    const answer = await send();
    phone.change('episodes', 'a', { intensity: 4 });
    return answer;
  });
  await phone.sync(() => assert.fail('there is no conflict'));
  assert.equal((await everybodySyncs(phone, tablet)).episodes.a.intensity, 4);
});

test('what is written while the app asks about a conflict is asked about as well, and not lost', async () => {
  const [phone, tablet] = await household();
  phone.logs('a', { intensity: 3 });
  await everybodySyncs(phone, tablet);
  phone.change('episodes', 'a', { intensity: 7 });
  tablet.change('episodes', 'a', { intensity: 5 });
  await phone.sync();
  const asked = [];
  await tablet.sync((ours, theirs) => {
    asked.push(ours.intensity);
    if (asked.length > 1) return ours;
    tablet.change('episodes', 'a', { intensity: 6 });
    return theirs;
  });
  assert.deepEqual(asked, [5, 6]);
  assert.equal((await everybodySyncs(phone, tablet)).episodes.a.intensity, 6);
});

test('the same day, checked in on two devices, is one row with what both knew', async () => {
  const [phone, tablet] = await household();
  phone.create('check_ins', '2026-03-05', { cramp_free: true, triggers: ['wine'] });
  tablet.create('check_ins', '2026-03-05', { cramp_free: true, note: 'Slept through.' });
  const day = (await everybodySyncs(phone, tablet)).check_ins['2026-03-05'];
  assert.deepEqual([day.triggers, day.note], [['wine'], 'Slept through.']);
});

test('a cramp that is deleted here and changed there is deleted, with its soreness', async () => {
  const [phone, tablet, carer] = await household();
  phone.logs('a', { intensity: 3 });
  phone.logs('b');
  phone.create('soreness', 'a.2026-03-03', { level: 4 });
  await everybodySyncs(phone, tablet, carer);
  phone.delete('episodes', 'a');
  tablet.change('episodes', 'a', { intensity: 7 });
  carer.change('soreness', 'a.2026-03-03', { level: 5 });
  tablet.delete('episodes', 'b');
  phone.change('episodes', 'b', { intensity: 2 });
  const truth = await everybodySyncs(phone, tablet, carer);
  assert.deepEqual([truth.episodes, truth.soreness], [{}, {}]);
});

test('a check-in that was deleted can be made again', async () => {
  const [phone, tablet] = await household();
  const day = '2026-03-05';
  phone.create('check_ins', day, { cramp_free: true, note: 'Slept through.' });
  await everybodySyncs(phone, tablet);
  phone.delete('check_ins', day);
  assert.deepEqual((await everybodySyncs(phone, tablet)).check_ins, {});
  phone.create('check_ins', day, { cramp_free: false });
  assert.equal((await everybodySyncs(phone, tablet)).check_ins[day].note, null);
  tablet.delete('check_ins', day);
  tablet.create('check_ins', day, { cramp_free: true, note: 'Once more.' });
  assert.equal((await everybodySyncs(phone, tablet)).check_ins[day].note, 'Once more.');
  // Somebody who knows nothing of the deleted one.
  tablet.delete('check_ins', day);
  await tablet.sync();
  const fresh = new Device(phone.person);
  fresh.create('check_ins', day, { cramp_free: true });
  assert.equal((await everybodySyncs(fresh, phone, tablet)).check_ins[day].cramp_free, true);
});

test('a device that was installed anew gets everything but what was deleted', async () => {
  const [phone] = await household();
  for (const id of ['a', 'b', 'c']) phone.logs(id);
  await everybodySyncs(phone);
  phone.delete('episodes', 'b');
  await everybodySyncs(phone);
  const fresh = new Device(phone.person);
  await fresh.sync();
  assert.deepEqual(Object.keys((await allAgree(phone, fresh)).episodes).sort(), ['a', 'c']);
  assert.equal(fresh.store.knows({ table: 'episodes', id: 'b' }), false);
});

test('a row that cannot be right does not keep the others back, and waits to be corrected', async (t) => {
  const [phone, tablet] = await household();
  phone.logs('a', { intensity: 10 });
  phone.logs('b', { intensity: 11 });
  phone.create('soreness', 'b.2026-03-03', { level: 2 });
  phone.logs('c', { intensity: 0 });
  await phone.sync();
  assert.deepEqual((await phone.person.episodes()).map(({ id }) => id), ['a', 'c']);
  const [refused, ...others] = phone.store.refused();
  assert.deepEqual(others, []);
  const [{ pointer, code }] = refused.problem.errors;
  assert.deepEqual([refused.id, pointer, code], ['b', '/changes/1/row/intensity', 'out_of_range']);
  const asked = listenIn(t);
  await phone.sync();
  assert.deepEqual(said(asked), ['GET 304']);
  phone.change('episodes', 'b', { intensity: 1 });
  const truth = await everybodySyncs(phone, tablet);
  assert.equal(truth.episodes.b.intensity, 1);
  assert.equal(truth.soreness['b.2026-03-03'].level, 2);
  phone.change('episodes', 'c', { intensity: -1 });
  await phone.sync();
  phone.store.discard('episodes', 'c');
  assert.equal((await allAgree(phone, tablet)).episodes.c.intensity, 0);
});

test('who was away until deletions were forgotten still loses what was deleted, and keeps what is new', async (t) => {
  const [phone, tablet] = await household();
  for (const id of ['a', 'b', 'd']) phone.logs(id);
  await everybodySyncs(phone, tablet);
  phone.delete('episodes', 'a');
  phone.delete('episodes', 'd');
  await phone.sync();
  tablet.logs('c');
  tablet.change('episodes', 'b', { intensity: 4 });
  tablet.change('episodes', 'd', { intensity: 4 });
  await forgetDeletions(service);
  const asked = listenIn(t);
  await tablet.sync();
  assert.deepEqual(said(asked), ['GET 410', 'GET 200', 'POST 200', 'GET 200']);
  const { episodes } = await everybodySyncs(tablet, phone);
  assert.deepEqual(Object.keys(episodes).sort(), ['b', 'c']);
  assert.equal(episodes.b.intensity, 4);
});

test('who is told to wait does so', async (t) => {
  const [phone, tablet] = await household();
  phone.logs('a');
  const answers = [[429, '1'], [503, '1']];
  const asked = listenIn(t, ({ method }) => {
    const [status, wait] = (method === 'POST' && answers.shift()) || [];
    return status && new Response('{}', { status, headers: { 'retry-after': wait } });
  });
  const began = Date.now();
  await phone.sync();
  assert.deepEqual(said(asked), ['GET 304', 'POST 429', 'POST 503', 'POST 200', 'GET 200']);
  assert.ok(Date.now() - began >= 2_000);
  await everybodySyncs(phone, tablet);
  // Nobody waits for an hour.
  phone.logs('b');
  answers.push([429, '3600']);
  await assert.rejects(phone.sync(), ({ status, wait }) => status === 429 && wait === 3600);
  await everybodySyncs(phone, tablet);
});

test('an access token that is no longer good is replaced', async () => {
  const [phone] = await household();
  const { url, token } = phone.person;
  const refused = [];
  const outworn = (old) => (old && refused.push(old) ? token : 'outworn');
  await sync(phone.store, { url, token: outworn });
  assert.deepEqual(refused, ['outworn']);
  await assert.rejects(sync(phone.store, { url, token: () => 'outworn' }), ({ status }) => status === 401);
});

test('a proxy that takes less than the service gets less at a time', async (t) => {
  const [phone, tablet] = await household();
  for (let count = 0; count < 90; count += 1) phone.logs(`e${count}`);
  phone.logs('long', { note: 'a'.repeat(2_000) });
  listenIn(t, (_, { body = '' }) => body.length > 2_000 && new Response('too large', { status: 413 }));
  await phone.sync();
  const refused = phone.store.refused();
  assert.deepEqual(refused.map(({ id, problem }) => [id, problem.status]), [['long', 413]]);
  assert.equal((await phone.person.episodes()).length, 90);
  phone.store.discard('episodes', 'long');
  await everybodySyncs(phone, tablet);
});

test('changes of the settings that come too often are sent later', async () => {
  const [phone, tablet] = await household();
  const [settings] = Object.keys(phone.store.all('settings'));
  for (let minute = 10; minute < 20; minute += 1) {
    phone.change('settings', settings, { night_start: `21:${minute}` });
    await phone.sync();
  }
  phone.logs('a');
  await phone.sync();
  assert.deepEqual(phone.store.refused(), []);
  assert.deepEqual(phone.store.pending().map(({ table }) => table), ['settings']);
  await tablet.sync();
  assert.ok(tablet.row('episodes', 'a'));
});

test('a viewer pulls what is shown to them, and nobody pulls from a diary that they may not see', async () => {
  const [phone] = await household();
  const { person } = phone;
  phone.logs('old', { started_at: '2026-02-02T02:10:00+01:00' });
  phone.logs('new', { note: 'Foot pointing down.' });
  await phone.sync();
  const reader = await register(service);
  const { code } = await person.api('POST', `${person.url}/invitations`, {
    role: 'viewer', visible_from: '2026-03-01', include_notes: false,
  });
  const grant = await reader.api('POST', `${service.origin}/v1/invitations/redeem`, { code });
  const viewer = new Device(new Person(service, reader.token, grant.diary_id));
  await viewer.sync();
  assert.deepEqual(Object.keys(viewer.store.all('episodes')), ['new']);
  assert.equal(viewer.row('episodes', 'new').note, null);
  viewer.logs('theirs');
  await assert.rejects(viewer.sync(), ({ status, problem }) => status === 403 && problem.code === 'forbidden');
  await person.api('DELETE', `${person.url}/grants/${grant.id}`);
  await assert.rejects(viewer.sync(), ({ status }) => status === 404);
});

/** Waits for what comes by itself. */
async function until(fits) {
  while (!(await fits())) await sleep(20);
}

test('devices that are on hear of each other by themselves, also after the server was away', async (t) => {
  const devices = await household();
  const [phone, tablet, carer] = devices;
  const asked = listenIn(t);
  const ends = devices.map(() => new AbortController());
  const listening = devices.map(({ store, diary }, number) => listen(store, diary, { signal: ends[number].signal }));
  phone.logs('a', { intensity: 3 });
  phone.create('soreness', 'a.2026-03-03', { level: 4 });
  await phone.sync();
  await until(() => carer.row('soreness', 'a.2026-03-03') && tablet.row('episodes', 'a'));
  tablet.change('episodes', 'a', { intensity: 7 });
  await tablet.sync();
  await until(() => carer.row('episodes', 'a').intensity === 7);
  await service.stop();
  carer.logs('b');
  await assert.rejects(carer.sync(), TypeError);
  await service.start();
  // It is sent as soon as the service is back.
  await until(() => phone.row('episodes', 'b'));
  assert.ok(asked.some(({ path, headers, status }) => path === 'events' && headers['last-event-id'] && status === 200));
  for (const end of ends) end.abort();
  await Promise.all(listening);
  await everybodySyncs(...devices);
});

test('listening ends when the diary may not be seen any more', async () => {
  const [phone, , carer] = await household();
  const { person } = phone;
  const listening = listen(carer.store, carer.diary);
  await until(() => carer.store.position().etag);
  const { items: [grant] } = await person.api('GET', `${person.url}/grants`);
  await person.api('DELETE', `${person.url}/grants/${grant.id}`);
  await assert.rejects(listening, (error) => error instanceof Refused && error.status === 404);
});

for (const [when, kill] of Object.entries(KILLS)) {
  test(`nothing is lost or doubled when the server is killed in a push, ${when}`, async (t) => {
    const [phone, tablet] = await household();
    phone.logs('old', { intensity: 1 });
    phone.logs('gone');
    await everybodySyncs(phone, tablet);
    for (let count = 0; count < 150; count += 1) phone.logs(`new-${count}`, { intensity: count % 11 });
    phone.change('episodes', 'old', { intensity: 2 });
    phone.delete('episodes', 'gone');
    const deaths = [];
    atNextPush(t, kill({ kill: () => deaths[deaths.push(service.kill()) - 1] }));
    // Whether the phone hears of it in time is a matter of luck, and it may do so before the port is free again.
    await phone.sync().catch(() => {});
    await Promise.all(deaths);
    await service.start();
    const { episodes } = await everybodySyncs(phone, tablet);
    assert.equal(Object.keys(episodes).length, 151);
    assert.equal(episodes.old.intensity, 2);
  });
}
