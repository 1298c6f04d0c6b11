// The service under test: the debug binary on a port and a database of its own, which may be killed and come back.

import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { randomBytes, randomInt } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
export const BINARY = process.env.CRAMP_DIARY_BIN
  ?? resolve(ROOT, process.env.CARGO_TARGET_DIR ?? 'target', 'debug/cramp-diary');
const LISTENS = /^cramp-diary listens on (http:\/\/\S+)$/m;

/** Settings of whoever runs this must not reach the server. */
function environment(settings) {
  const inherited = Object.entries(process.env).filter(([name]) => !name.startsWith('CRAMP_DIARY_'));
  const ours = Object.entries(settings).map(([name, value]) => [`CRAMP_DIARY_${name}`, value]);
  return Object.fromEntries([...inherited, ...ours]);
}

/** A port that no connection is given while the service is away: those that the system hands out by itself are higher. */
async function freePort() {
  for (;;) {
    const port = randomInt(10_000, 32_000);
    if (await isFree(port)) return port;
  }
}

async function isFree(port) {
  const probe = createServer();
  const listens = await new Promise((done) => {
    probe.once('error', () => done(false)).listen(port, '127.0.0.1', () => done(true));
  });
  if (listens) await new Promise((done) => probe.close(done));
  return listens;
}

/** With TEST_POSTGRES_URL in the environment, that empty database is used instead of one in a file. */
export class Service {
  #home = mkdtempSync(join(tmpdir(), 'cramp-diary-'));
  #keys = { SIGNING_KEY_FILE: join(this.#home, 'signing.key'), SECRETS_KEY_FILE: join(this.#home, 'secrets.key') };
  #port;
  #process;
  #ended;
  #environment;
  #killed = () => this.#process.kill('SIGKILL');
  log = '';

  constructor() {
    for (const file of Object.values(this.#keys)) {
      writeFileSync(file, `test ${randomBytes(32).toString('base64url')}\n`, { mode: 0o600 });
    }
  }

  /** Starts it for the first time, or again with the same data on the same port. `more` are settings. */
  async start(more = {}) {
    this.#port ??= await freePort();
    // A process that was killed is gone a little sooner than the system has given its port back.
    while (!(await isFree(this.#port))) await sleep(10);
    const settings = {
      DATA_DIR: join(this.#home, 'data'), LISTEN: `127.0.0.1:${this.#port}`, AUTH_PER_MINUTE: '0', LOG_FORMAT: 'pretty',
      // Tokens are to be good after a restart. On PostgreSQL, the service makes no keys by itself.
      PUBLIC_URL: 'http://localhost', ...this.#keys,
      ...(process.env.TEST_POSTGRES_URL && { DATABASE_URL: process.env.TEST_POSTGRES_URL }), ...more,
    };
    this.#environment = { ...environment(settings), NO_COLOR: '1' };
    this.#process = spawn(BINARY, {
      cwd: this.#home, env: this.#environment, stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#ended = new Promise((done) => this.#process.once('exit', (code, signal) => done(code ?? signal)));
    process.once('exit', this.#killed);
    this.#process.stderr.setEncoding('utf8').on('data', (text) => (this.log += text));
    let said = '';
    const listens = new Promise((done) => {
      this.#process.stdout.setEncoding('utf8').on('data', (text) => LISTENS.test((said += text)) && done('listens'));
    });
    assert.equal(await Promise.race([listens, this.#ended]), 'listens', `the server did not start:\n${this.log}`);
    [, this.origin] = LISTENS.exec(said);
    return this;
  }

  /** What a command of the operator's says, with the same settings. */
  run(...command) {
    return execFileSync(BINARY, command, { cwd: this.#home, env: this.#environment, encoding: 'utf8' });
  }

  async #end(signal) {
    this.#process.kill(signal);
    const status = await this.#ended;
    process.off('exit', this.#killed);
    return status;
  }

  /** As a power cut does. */
  kill() {
    return this.#end('SIGKILL');
  }

  async stop() {
    const status = await this.#end('SIGTERM');
    assert.equal(status, 0, `the server did not stop in good order\n${this.log}`);
  }

  async remove() {
    await this.stop();
    rmSync(this.#home, { recursive: true });
  }
}

/** What was deleted up to now is forgotten, as it is after years: the server clears it away soon after it starts. */
export async function forgetDeletions(service) {
  await service.stop();
  service.log = '';
  await service.start({ TOMBSTONE_DAYS: '0', LOG: 'cramp_diary=debug' });
  const deadline = Date.now() + 30_000;
  while (!service.log.includes('tombstones')) {
    assert.ok(Date.now() < deadline, `nothing was forgotten\n${service.log}`);
    await sleep(10);
  }
  await service.stop();
  await service.start();
}
