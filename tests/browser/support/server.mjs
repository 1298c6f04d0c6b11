// The service under test: the debug binary on a port of its own, with the people of the demo in its database.

import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { after } from 'node:test';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
const BINARY = resolve(ROOT, process.env.CARGO_TARGET_DIR ?? 'target', 'debug/cramp-diary');

/** Addresses of pages are made from the port, so it must be known before the start. */
async function freePort() {
  const probe = createServer();
  await new Promise((done) => probe.listen(0, '127.0.0.1', done));
  const { port } = probe.address();
  await new Promise((done) => probe.close(done));
  return port;
}

/** Settings of whoever runs this must not reach the server. */
function environment(settings) {
  const inherited = Object.entries(process.env).filter(([name]) => !name.startsWith('CRAMP_DIARY_'));
  const ours = Object.entries(settings).map(([name, value]) => [`CRAMP_DIARY_${name}`, value]);
  return Object.fromEntries([...inherited, ...ours]);
}

async function start() {
  const home = mkdtempSync(join(tmpdir(), 'cramp-diary-'));
  const port = await freePort();
  const listen = `127.0.0.1:${port}`;
  // By its name: browsers bind passkeys to one, and to no number.
  const origin = `http://localhost:${port}`;
  const settings = {
    DATA_DIR: join(home, 'data'), LISTEN: listen, PUBLIC_URL: origin, AUTH_PER_MINUTE: '0', LOG_FORMAT: 'pretty',
  };
  const options = { cwd: home, env: { ...environment(settings), NO_COLOR: '1' } };
  execFileSync(BINARY, ['demo'], { ...options, stdio: 'pipe' });

  let log = '';
  const server = spawn(BINARY, { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
  const ended = new Promise((done) => server.once('exit', (code, signal) => done(code ?? signal)));
  server.stderr.setEncoding('utf8').on('data', (text) => (log += text));
  const killed = () => server.kill('SIGKILL');
  process.once('exit', killed);
  const listens = new Promise((done) => {
    let said = '';
    server.stdout.setEncoding('utf8').on('data', (text) => (said += text).includes('listens on') && done('listens'));
  });
  if ((await Promise.race([listens, ended])) !== 'listens') throw new Error(`the server did not start:\n${log}`);

  after(async () => {
    server.kill('SIGTERM');
    const status = await ended;
    process.off('exit', killed);
    rmSync(home, { recursive: true });
    if (status !== 0) throw new Error(`the server did not stop in good order: ${status}\n${log}`);
  });
  /** Lets so many minutes pass since somebody showed that it is they. */
  const lets = (email, minutes) => execFileSync('python3', [
    '-c',
    `import sqlite3, sys
db = sqlite3.connect(sys.argv[1], timeout=10)
with db:
    db.execute("""UPDATE sessions SET proved_at = proved_at - 60000000 * ?
                  WHERE user_id = (SELECT id FROM users WHERE email_key = ?)""", (int(sys.argv[3]), sys.argv[2]))`,
    join(home, 'data', 'cramp-diary.db'), email, String(minutes),
  ]);
  const run = (...command) => execFileSync(BINARY, command, { ...options, encoding: 'utf8' });
  return { origin, log: () => log, run, lets };
}

/**
 * One for each file of tests: its `origin`, the `log` so far, how to `run` a command of the operator's, and how time passes.
 */
export const server = await start();
