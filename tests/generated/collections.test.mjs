// The collections for Postman and Bruno: they are made of the contract as it is, and a first cramp can be logged with them.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, readdirSync, rmSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { basename, join, sep } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

import newman from 'newman';

import { Service } from '../clients/service.mjs';

const { FOLDER, collections } = createRequire(import.meta.url)('../../scripts/collections/make');
const BRU = fileURLToPath(new URL('node_modules/.bin/bru', import.meta.url));
const JOURNEY = [
  'register', 'refresh', 'createEpisode', 'patchEpisode', 'putSoreness', 'putCheckIn', 'getNightShare', 'exportDiary',
];

test('the collections are those of the contract', () => {
  const known = readdirSync(FOLDER, { recursive: true }).filter((path) => statSync(join(FOLDER, path)).isFile());
  const texts = Object.fromEntries(known.map((path) => [path.split(sep).join('/'), readFileSync(join(FOLDER, path), 'utf8')]));
  const made = collections();
  const due = Object.keys({ ...texts, ...made }).filter((path) => texts[path] !== made[path]);
  assert.deepEqual(due, [], 'they are due: ./scripts/collections/make');
});

/** What an app of others sends in a form, with an id that no app has. */
const FORMS = ['createOAuthToken', 'revokeOAuthToken', 'introspectOAuthToken'];

test('a person logs a first cramp with Postman’s as it comes', () => served(async (origin) => {
  const { run } = await new Promise((done, failed) => {
    const options = {
      collection: JSON.parse(readFileSync(join(FOLDER, 'cramp-diary.postman_collection.json'), 'utf8')),
      folder: [...JOURNEY, ...FORMS],
      envVar: [{ key: 'base_url', value: origin }],
    };
    newman.run(options, (error, summary) => (error ? failed(error) : done(summary)));
  });
  assert.deepEqual(run.failures, []);
  wentWell(run.executions.map(({ item, response }) => [item.id, response.code, () => JSON.parse(response.stream)]));
}));

test('a person logs a first cramp with Bruno’s as it comes', () => served(async (origin, home) => {
  const folder = join(FOLDER, 'bruno');
  const known = readdirSync(folder, { recursive: true });
  const requests = [...JOURNEY, ...FORMS].map((id) => known.find((path) => basename(path) === `${id}.bru`));
  const report = join(home, 'report.json');
  const options = ['--env-var', `base_url=${origin}`, '--reporter-json', report];
  await promisify(execFile)(BRU, ['run', ...requests, ...options], { cwd: folder });
  const [{ results }] = JSON.parse(readFileSync(report, 'utf8'));
  wentWell(results.map(({ test, response }) => [basename(test.filename, '.bru'), response.status, () => response.data]));
}));

/** Runs something with a service of its own, and a folder that is gone afterwards. */
async function served(run) {
  const home = mkdtempSync(join(tmpdir(), 'collection-'));
  const service = await new Service().start();
  try {
    await run(service.origin, home);
  } finally {
    await service.remove();
    rmSync(home, { recursive: true });
  }
}

/** Forms are read as such: the app in them is unknown, and nothing else is wrong. */
function wentWell(answers) {
  assert.deepEqual(answers.map(([id]) => id).sort(), [...JOURNEY, ...FORMS].sort());
  const refused = answers.filter(([, status]) => status >= 300).map(([id, , body]) => [id, body().error_description]);
  const unknown = 'there is no such app, or it has shown another secret';
  assert.deepEqual(refused.sort(), FORMS.map((id) => [id, unknown]).sort());
}
