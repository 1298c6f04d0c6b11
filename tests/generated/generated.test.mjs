// Clients that generators make of the contract, on the journey that most apps take. scripts/test generates and builds
// them into out/ first.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

import { Service } from '../clients/service.mjs';
import { journey } from './out/built/journey.js';

async function withService(body) {
  const service = await new Service().start();
  try {
    await body(service);
  } finally {
    await service.remove();
  }
}

test('an app in TypeScript goes through the journey with openapi-fetch', () =>
  withService(({ origin }) => journey(origin)));

test('an app in Python goes through the journey with the client of openapi-python-client', () =>
  withService(async ({ origin }) => {
    const script = fileURLToPath(new URL('journey.py', import.meta.url));
    const env = { ...process.env, PYTHONPATH: fileURLToPath(new URL('out', import.meta.url)) };
    const python = spawn('python3', [script, origin], { env, stdio: 'inherit' });
    const status = await new Promise((done) => python.once('error', done).once('exit', done));
    assert.equal(status, 0);
  }));
