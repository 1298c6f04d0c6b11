// worker.js as the server sends it, among caches and a network that are made up.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { runInNewContext } from 'node:vm';

const source = readFileSync(new URL('../../companion/worker.js', import.meta.url), 'utf8');

class Caches {
  stores = new Map();

  async open(name) {
    if (!this.stores.has(name)) this.stores.set(name, new Map());
    const store = this.stores.get(name);
    return {
      put: async (address, response) => void store.set(address, response),
      match: async (address) => store.get(address)?.clone(),
      addAll: async (addresses) => {
        for (const address of addresses) store.set(address, await this.fetch(address));
      },
    };
  }

  async keys() {
    return [...this.stores.keys()];
  }

  async delete(name) {
    return this.stores.delete(name);
  }
}

function start(version, { caches, fetch }) {
  const listeners = {};
  caches.fetch = fetch;
  const skipped = [];
  const self = {
    addEventListener: (name, listener) => (listeners[name] = listener),
    location: { origin: 'https://diary.example' },
    skipWaiting: async () => skipped.push(version),
    registration: { update: async () => {} },
  };
  const before = `const VERSION = ${JSON.stringify(version)}, FILES = ["/app/${version}/main.js"];`;
  runInNewContext(`${before}\n${source}`, { self, caches, fetch, URL });
  const happen = async (name, more = {}) => {
    const waits = [];
    let answer;
    listeners[name]({ ...more, waitUntil: (work) => waits.push(work), respondWith: (work) => (answer = work) });
    await Promise.all(waits);
    return answer && (await answer).text();
  };
  const ask = (path, more = {}) =>
    happen('fetch', { request: { method: 'GET', url: `https://diary.example${path}`, mode: 'cors', ...more } });
  return { happen, ask, skipped };
}

const network = (version) => async (request) => {
  const path = typeof request === 'string' ? request : new URL(request.url).pathname;
  return new Response(path === '/app' ? `shell of /app/${version}/main.js` : `${path} from the network`);
};
const down = async () => {
  throw new TypeError('no network');
};

test('a version is kept whole and answers without a network, and the API is left alone', async () => {
  const caches = new Caches();
  const worker = start('v1', { caches, fetch: network('v1') });
  await worker.happen('install');
  await worker.happen('activate');
  const offline = start('v1', { caches, fetch: down });
  assert.equal(await offline.ask('/app?source=icon', { mode: 'navigate' }), 'shell of /app/v1/main.js');
  assert.equal(await offline.ask('/app/v1/main.js'), '/app/v1/main.js from the network');
  for (const path of ['/v1/diaries', '/app/session/token', '/me/sharing'])
    assert.equal(await offline.ask(path), undefined, path);
  assert.equal(await offline.ask('/app/v1/main.js', { method: 'POST' }), undefined);
});

test('a new version waits until it is told, and takes the old one away', async () => {
  const caches = new Caches();
  await start('v1', { caches, fetch: network('v1') }).happen('install');
  await (await caches.open('cramp-diary-reports')).put('/app/report/d', new Response('the report'));
  const next = start('v2', { caches, fetch: network('v2') });
  await next.happen('install');
  assert.deepEqual(await caches.keys(), ['cramp-diary-v1', 'cramp-diary-reports', 'cramp-diary-v2']);
  assert.deepEqual(next.skipped, []);
  await next.happen('message', { data: { kind: 'skip-waiting' } });
  assert.deepEqual(next.skipped, ['v2']);
  await next.happen('activate');
  assert.deepEqual(await caches.keys(), ['cramp-diary-reports', 'cramp-diary-v2']);
  assert.equal(await next.ask('/app/report/d', { mode: 'navigate' }), 'the report');
});

test('a shell of another version is not kept', async () => {
  const caches = new Caches();
  await assert.rejects(start('v1', { caches, fetch: network('v2') }).happen('install'), /another version/);
  assert.deepEqual(await caches.keys(), []);
});
