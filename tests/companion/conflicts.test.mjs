import assert from 'node:assert/strict';
import { test } from 'node:test';

import { settled, withOurs } from '../../companion/keeping/conflicts.js';

const before = { started_at: '2026-03-02T02:10:00+01:00', intensity: null, note: null, sites: [], revision: 4 };

test('different fields meet in one row', () => {
  const { row, fields } = settled('episodes', {
    before,
    ours: { ...before, intensity: 7 },
    theirs: { ...before, note: 'woke', revision: 6 },
  });
  assert.deepEqual(row, { ...before, intensity: 7, note: 'woke', revision: 6 });
  assert.deepEqual(fields, []);
});

test('of the same field the other version stands, and the person is to choose', () => {
  const theirs = { ...before, intensity: 3, note: 'woke' };
  const ours = { ...before, intensity: 7, sites: [{ part: 'calf', side: 'left' }] };
  const { row, fields } = settled('episodes', { before, ours, theirs });
  assert.deepEqual(row, { ...theirs, sites: ours.sites });
  assert.deepEqual(fields, ['intensity']);
  assert.deepEqual(withOurs({ ours, fields }, row), { ...row, intensity: 7 });
});

test('the same said twice is no conflict, nor is the same moment written otherwise', () => {
  const theirs = { ...before, intensity: 7, started_at: '2026-03-02T01:40:00Z' };
  const ours = { ...before, intensity: 7, started_at: '2026-03-02T02:40:00+01:00' };
  assert.deepEqual(settled('episodes', { before, ours, theirs }), { row: theirs, fields: [] });
});

test('a day that two phones checked in meets in one row', () => {
  const theirs = { date: '2026-03-02', cramp_free: true, triggers: [], note: 'slept' };
  assert.deepEqual(settled('check_ins', { before: null, ours: { cramp_free: true }, theirs }), {
    row: theirs,
    fields: [],
  });
  assert.deepEqual(settled('check_ins', { before: null, ours: { cramp_free: false }, theirs }).fields, ['cramp_free']);
});

test('what one side deleted and the other changed is for the person to choose', () => {
  const changed = { ...before, intensity: 7 };
  assert.deepEqual(settled('episodes', { before, ours: null, theirs: changed }), {
    row: changed,
    fields: ['started_at', 'intensity'],
  });
  assert.deepEqual(settled('episodes', { before, ours: changed, theirs: null }), {
    row: null,
    fields: ['started_at', 'intensity'],
  });
  assert.equal(withOurs({ ours: null, fields: ['started_at', 'intensity'] }, changed), null);
  assert.equal(withOurs({ ours: changed, fields: ['started_at', 'intensity'] }, null), changed);
});

test('what nobody else has touched may be deleted, and what is new stays', () => {
  assert.deepEqual(settled('episodes', { before, ours: null, theirs: { ...before, revision: 9 } }), {
    row: null,
    fields: [],
  });
  assert.deepEqual(settled('check_ins', { before: null, ours: { cramp_free: true }, theirs: null }), {
    row: { cramp_free: true },
    fields: [],
  });
  assert.deepEqual(settled('episodes', { before, ours: null, theirs: null }), { row: null, fields: [] });
});

test("what this phone has sent itself, without an answer, is nobody else's", () => {
  const first = { ...before, intensity: 5 };
  const sent = [first];
  assert.deepEqual(settled('episodes', { before, ours: { ...before, intensity: 8 }, theirs: first, sent }), {
    row: { ...first, intensity: 8 },
    fields: [],
  });
  assert.deepEqual(settled('episodes', { before, ours: before, theirs: first, sent }), { row: before, fields: [] });
  assert.deepEqual(settled('episodes', { before: null, ours: null, theirs: first, sent }), { row: null, fields: [] });
  assert.deepEqual(settled('episodes', { before, ours: first, theirs: null, sent: [null] }), {
    row: first,
    fields: [],
  });
  assert.deepEqual(
    settled('episodes', { before, ours: { ...before, intensity: 8 }, theirs: { ...before, intensity: 2 }, sent })
      .fields,
    ['intensity'],
  );
});
