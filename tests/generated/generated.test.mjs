// Clients that generators make of the contract, on the journey that most apps take, or a short one. scripts/test generates
// and builds them into out/ first.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { createServer } from 'node:http';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

import { Service } from '../clients/service.mjs';
import { firstCramp as firstCrampWithHeyApi } from './out/built/first-cramp/hey-api.js';
import { firstCramp as firstCrampWithTypescriptFetch } from './out/built/first-cramp/typescript-fetch.js';
import { journey } from './out/built/journey.js';

const path = (relative) => fileURLToPath(new URL(relative, import.meta.url));

async function withService(body) {
  const service = await new Service().start();
  try {
    await body(service);
  } finally {
    await service.remove();
  }
}

/** With a service, and what it may be one day: the same, but that a context is none that the contract knows. */
function withTomorrow(body) {
  return withService(async ({ origin }) => {
    const tomorrow = createServer(async ({ url, headers: { authorization } }, response) => {
      const answer = await fetch(origin + url, { headers: { authorization } });
      const text = await answer.text();
      response.writeHead(answer.status, { 'content-type': answer.headers.get('content-type') });
      response.end(text.replaceAll('"asleep"', '"levitating"'));
    });
    await new Promise((done) => tomorrow.listen(0, '127.0.0.1', done));
    try {
      await body(origin, `http://127.0.0.1:${tomorrow.address().port}`);
    } finally {
      tomorrow.closeAllConnections();
      tomorrow.close();
    }
  });
}

async function runs(command, args, more = {}) {
  const program = spawn(command, args, { env: { ...process.env, ...more }, stdio: 'inherit' });
  const status = await new Promise((done) => program.once('error', done).once('exit', done));
  assert.equal(status, 0);
}

test('an app in TypeScript goes through the journey with openapi-fetch', () =>
  withService(({ origin }) => journey(origin)));

test('an app in Python goes through the journey with the client of openapi-python-client', () =>
  withService(({ origin }) => runs('python3', [path('journey.py'), origin], { PYTHONPATH: path('out') })));

test('an app in TypeScript logs a first cramp with the client of @hey-api/openapi-ts', () =>
  withTomorrow(firstCrampWithHeyApi));

test('an app in TypeScript logs a first cramp with the client of openapi-generator', () =>
  withTomorrow(firstCrampWithTypescriptFetch));

test('an app in Java logs a first cramp with the client of openapi-generator', () =>
  withTomorrow((origin, tomorrow) => runs('java', ['-XX:TieredStopAtLevel=1', 'FirstCramp', origin, tomorrow])));

test('an app in Python logs a first cramp with the client of openapi-generator', () =>
  withTomorrow((origin, tomorrow) =>
    runs('python3', [path('first-cramp/first_cramp.py'), origin, tomorrow], { PYTHONPATH: path('out/python') })));
