// What happens between the reading and the writing of a row, without a service.

import 'fake-indexeddb/auto';

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { Diary } from '../../companion/diary/diary.js';
import { openDatabase } from '../../companion/keeping/database.js';
import { Keep } from '../../companion/keeping/keep.js';
import * as plain from '../../companion/keeping/plain.js';
import { DiaryShelf } from '../../companion/keeping/shelf.js';
import { DiaryStore } from '../../companion/keeping/store.js';

const ROW = { started_at: '2026-11-26T03:00:00Z', time_zone: 'UTC', intensity: 3, note: null };
const cramp = (revision, row) => [{ table: 'episodes', id: 'e1', revision, row }];
let count = 0;

async function begun(context) {
  count += 1;
  const keep = new Keep(await openDatabase(`meanwhile-${count}`, () => {}), `meanwhile-${count}`);
  context.after(() => keep.close());
  await keep.load();
  const store = new DiaryStore(keep, 'd');
  await store.apply(cramp(2, ROW), { cursor: '2', etag: '"2"' });
  await keep.loadDiary('d');
  const diary = new Diary(new DiaryShelf(keep, { id: 'd', role: 'owner', isMine: true }, () => {}));
  const sent = [];
  const address = {
    url: 'http://s', token: () => 't',
    fetch: async (_, { body }) => {
      const { changes } = JSON.parse(body);
      sent.push(...changes);
      return Response.json({ results: changes.map(() => ({ outcome: 'applied', revision: 9 })) });
    },
  };
  return { keep, store, diary, sent, address };
}

test('what another device has changed in another field meanwhile stays', async (context) => {
  const { store, diary, sent, address } = await begun(context);
  const applying = store.apply(cramp(4, { ...ROW, note: 'from there' }), { cursor: '4', etag: '"4"' });
  // The form says the note, too, as it was.
  await Promise.all([applying, diary.changeCramp('e1', { intensity: 8, note: null })]);
  await plain.push(store, address);
  assert.deepEqual(sent.map(({ base_revision, row: { intensity, note } }) => [base_revision, intensity, note]), [
    [4, 8, 'from there'],
  ]);
});

test('a cramp that was deleted elsewhere while it was changed here is not silently written anew', async (context) => {
  const { keep, store, diary } = await begun(context);
  const applying = store.apply(cramp(4, null), { cursor: '4', etag: '"4"' });
  await Promise.all([applying, diary.changeCramp('e1', { intensity: 8 })]);
  const [{ base_revision, before, row }] = keep.waiting;
  assert.ok(base_revision > 0 && base_revision < 4);
  assert.deepEqual([before.intensity, row.intensity], [3, 8]);
});

test('what is undone just before it leaves is not sent', async (context) => {
  const { keep, store, sent, address } = await begun(context);
  await keep.writeRows('d', [{ table: 'episodes', id: 'e2', row: { intensity: 5 } }]);
  await keep.writeRows('d', [{ table: 'episodes', id: 'e3', row: { intensity: 5 } }]);
  await keep.writeRows('d', [{ table: 'episodes', id: 'e4', row: { intensity: 5 } }]);
  const pending = store.pending.bind(store);
  context.mock.method(store, 'pending', async () => {
    const read = await pending();
    if (!sent.length) {
      await keep.writeRows('d', [{ table: 'episodes', id: 'e2', row: null }]);
      await keep.writeRows('d', [{ table: 'episodes', id: 'e3', row: { intensity: 6 } }]);
    }
    return read;
  });
  await plain.push(store, address);
  assert.deepEqual(sent.map(({ id, row }) => [id, row.intensity]), [['e4', 5], ['e3', 6]]);
  assert.equal(keep.waiting.length, 0);
});

test('on a full disk, what is there is sent all the same', async (context) => {
  const { keep, store, sent, address } = await begun(context);
  await keep.writeRows('d', [{ table: 'episodes', id: 'e2', row: { intensity: 5 } }]);
  context.mock.method(IDBObjectStore.prototype, 'put', () => {
    throw new DOMException('full', 'QuotaExceededError');
  });
  await plain.push(store, address).catch(() => {});
  assert.deepEqual(sent.map(({ id }) => id), ['e2']);
  assert.equal(keep.waiting.length, 1, 'until it can be noted that it was');
});
