// The collection for Postman: it is made of the contract as it is, and a first cramp can be logged with it.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { test } from 'node:test';

import newman from 'newman';

import { Service } from '../clients/service.mjs';

const { FILE, collection } = createRequire(import.meta.url)('../../scripts/collection');
const JOURNEY = [
  'register', 'refresh', 'createEpisode', 'patchEpisode', 'putSoreness', 'putCheckIn', 'getNightShare', 'exportDiary',
];

test('the collection is that of the contract', () =>
  assert.ok(readFileSync(FILE, 'utf8') === collection(), 'it is due: ./scripts/collection'));

test('a person logs a first cramp with the collection as it comes', async () => {
  const service = await new Service().start();
  try {
    const { run } = await new Promise((done, failed) => {
      const options = {
        collection: JSON.parse(readFileSync(FILE, 'utf8')), folder: JOURNEY,
        envVar: [{ key: 'base_url', value: service.origin }],
      };
      newman.run(options, (error, summary) => (error ? failed(error) : done(summary)));
    });
    assert.deepEqual(run.failures, []);
    const answers = run.executions.map(({ item, response }) => [item.id, response.code]);
    assert.deepEqual(answers.map(([id]) => id).sort(), [...JOURNEY].sort());
    assert.deepEqual(answers.filter(([, status]) => status >= 300), []);
  } finally {
    await service.remove();
  }
});
