import assert from 'node:assert/strict';
import { test } from 'node:test';

import { addDays, instantAt, instantsAt, nightOf, periodOf, wallClock, write } from '../../companion/ground/clock.js';
import { newId } from '../../companion/ground/ids.js';
import { read } from './reference.mjs';

test('the wall clock, the night and the part of the day are those of the service', () => {
  for (const it of read('local_clock').cases) {
    const name = `${it.started_at} in ${it.time_zone}`;
    const { date, time } = wallClock(it.started_at, it.time_zone);
    assert.deepEqual([date, time], [it.local_date, it.local_time], name);
    assert.equal(write(it.started_at, it.time_zone), it.local_started_at, name);
    assert.equal(periodOf(time, it), it.period, name);
    assert.equal(nightOf(date, time, it), it.night_of, name);
  }
});

test('in zones whose rules changed of late, a phone says what its own rules say, and names the right instant', () => {
  for (const { started_at, time_zone } of read('changed_zones').cases) {
    assert.equal(Date.parse(write(started_at, time_zone)), Date.parse(started_at), `${started_at} in ${time_zone}`);
  }
});

test('an offset of odd seconds still names the same instant', () => {
  const written = write('1970-06-01T12:00:00Z', 'Africa/Monrovia');
  assert.equal(written, '1970-06-01T11:15:00-00:45');
});

test('a fraction of a second is there only when there is one', () => {
  assert.equal(write('2026-03-01T00:00:00.120Z', 'Europe/Berlin'), '2026-03-01T01:00:00.120+01:00');
  assert.equal(write('2026-03-01T00:00:00Z', 'Asia/Kathmandu'), '2026-03-01T05:45:00+05:45');
});

test('an hour that is repeated has two instants, and one that is skipped none', () => {
  const iso = (dates) => dates.map((date) => date.toISOString());
  assert.deepEqual(iso(instantsAt('2026-10-25', '02:30', 'Europe/Berlin')), [
    '2026-10-25T00:30:00.000Z',
    '2026-10-25T01:30:00.000Z',
  ]);
  assert.deepEqual(instantsAt('2026-03-29', '02:30', 'Europe/Berlin'), []);
  assert.equal(instantAt('2026-10-25', '02:30', 'Europe/Berlin').toISOString(), '2026-10-25T00:30:00.000Z');
  // The clock goes from 02:00 to 03:00: who says 02:30 means half an hour after that.
  assert.equal(write(instantAt('2026-03-29', '02:30', 'Europe/Berlin'), 'Europe/Berlin'), '2026-03-29T03:30:00+02:00');
  assert.deepEqual(instantsAt('2011-12-30', '12:00', 'Pacific/Apia'), []);
});

test('what is typed and what is read are the same in every zone and hour', () => {
  for (const zone of [
    'Europe/Berlin',
    'America/New_York',
    'Australia/Lord_Howe',
    'Asia/Kolkata',
    'Pacific/Kiritimati',
    'UTC',
  ]) {
    for (let hour = 0; hour < 24 * 366; hour += 7) {
      const instant = new Date(Date.UTC(2026, 0, 1, hour));
      const { date, time } = wallClock(instant, zone);
      assert.ok(
        instantsAt(date, time, zone).some((found) => found.getTime() === instant.getTime()),
        `${instant.toISOString()} in ${zone}`,
      );
    }
  }
});

test('dates are counted without a zone', () => {
  assert.equal(addDays('2026-03-28', 1), '2026-03-29');
  assert.equal(addDays('2026-03-01', -1), '2026-02-28');
});

test('ids are UUIDs of version 7, each after the one before', () => {
  const ids = Array.from({ length: 5_000 }, newId);
  assert.deepEqual(ids, [...new Set(ids)].sort());
  for (const id of ids.slice(0, 20))
    assert.match(id, /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
});
