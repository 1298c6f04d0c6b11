// docs/integrating.md: what it shows works as it is written, and its commands are those that the clients are made with.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

import { Service } from '../clients/service.mjs';
import { GENERATORS } from './openapi-generator.mjs';

const read = (path) => readFileSync(new URL(path, import.meta.url), 'utf8');
const guide = read('../../docs/integrating.md');
const blocks = [...guide.matchAll(/^```sh\n([^]*?)\n```$/gm)].map(([, text]) => text);
const [session] = blocks;
const [generate] = blocks.filter((text) => text.startsWith('npx '));
const block = (language) => guide.match(new RegExp(`^\`\`\`${language}\\n([^]*?)\\n\`\`\`$`, 'm'))[1];
const imports = blocks.filter((text) => text.includes('/import'));

test('the first session leads from an account to the night share, and what was taken away comes back', async () => {
  const service = await new Service().start();
  const cwd = mkdtempSync(join(tmpdir(), 'cramp-diary-guide-'));
  try {
    const own = `API=${service.origin}`;
    const script = [session.replace('API=http://127.0.0.1:8080', own), ...imports].join('\n');
    assert.ok(script.includes(own));
    writeFileSync(join(cwd, 'cramps.csv'), 'Start,Pain\n2026-03-01 02:10,7\n2026-03-02 03:20,11\n');
    const said = execFileSync('bash', ['-euo', 'pipefail', '-c', script], { encoding: 'utf8', cwd });
    const answers = JSON.parse(`[${said.replaceAll('}\n{', '},{')}]`);
    const [logged, finished, soreness, share, changes, brought, table] = answers;
    assert.equal(answers.length, 7);
    assert.ok(changes.cursor && changes.ids.includes(logged.id));
    assert.deepEqual(brought, { applied: 0, unchanged: 3, conflict: 0, rejected: 0 });
    assert.deepEqual(table, { applied: 1, unchanged: 0, conflict: 0, rejected: 1 });
    assert.deepEqual([logged.intensity, logged.context], [8, null]);
    assert.deepEqual([finished.id, finished.context, finished.sites], [logged.id, 'asleep', [{ part: 'calf', side: 'left' }]]);
    assert.deepEqual([soreness.episode_id, soreness.day, soreness.level], [logged.id, 2, 2]);
    assert.deepEqual([share.verdict, share.episodes, share.night], ['insufficient_data', 1, 1]);
  } finally {
    await service.remove();
    rmSync(cwd, { recursive: true });
  }
});

test('its commands make clients that log a first cramp as it says', async () => {
  const service = await new Service().start();
  const cwd = fileURLToPath(new URL('out/guide', import.meta.url));
  // What npx would fetch is installed here, in the versions that the test below looks at.
  const installed = fileURLToPath(new URL('node_modules/.bin', import.meta.url));
  const env = { ...process.env, API: service.origin, PATH: `${installed}:${process.env.PATH}` };
  const run = (command) => execFileSync('bash', ['-euo', 'pipefail', '-c', command], { encoding: 'utf8', cwd, env });
  rmSync(cwd, { recursive: true, force: true });
  mkdirSync(cwd, { recursive: true });
  try {
    writeFileSync(join(cwd, 'python.yaml'), `${block('yaml')}\n`);
    writeFileSync(join(cwd, 'first-cramp.ts'), block('ts'));
    writeFileSync(join(cwd, 'first_cramp.py'), block('python'));
    writeFileSync(join(cwd, 'tsconfig.json'), JSON.stringify({
      extends: '../../tsconfig.json', compilerOptions: { rootDir: '.', outDir: 'built' }, files: ['first-cramp.ts'],
    }));
    const commands = generate.replaceAll('\\\n  ', '').split('\n');
    const those = commands.filter((command) => !command.startsWith('openapi-generator-cli'));
    assert.equal(those.length, 3);
    for (const command of those) run(command.replace(/^npx (-p \S+ )*/, ''));
    run('tsc');
    const rows = ['episodes', 'settings'];
    const logged = (said) => assert.deepEqual(said.match(/\w+(?=')/g).filter((word) => rows.includes(word)).sort(), rows, said);
    logged(run('node built/first-cramp.js'));
    logged(run('PYTHONPATH=$(dirname */cramp_diary_client) python3 first_cramp.py'));
    assert.ok(readdirSync(join(cwd, 'diary')).includes('sdk.gen.ts'));
    assert.equal(block('yaml'), read('python.yaml').trimEnd());

    const [bruno] = guide.match(/^bru run .*$/m);
    const report = join(cwd, 'bruno.json');
    run(`cd ../../../../docs/collections/bruno && ${bruno} --env-var base_url=$API --reporter-json ${report}`);
    const [{ results }] = JSON.parse(readFileSync(report, 'utf8'));
    assert.deepEqual(results.map(({ response }) => response.status), [201, 201]);
    for (const [, words] of guide.matchAll(/^cramp-diary (client add .*)$/gm)) {
      const told = service.run(...words.match(/"[^"]*"|\S+/g).map((word) => word.replaceAll('"', '')));
      assert.match(told, /^id      /);
    }
  } finally {
    await service.remove();
  }
});

test('what it says of generators and collections is what is tested', () => {
  const { devDependencies } = JSON.parse(read('package.json'));
  const script = read('../../scripts/test');
  const versions = { ...devDependencies };
  for (const [, name, version] of script.matchAll(/^([A-Z_]+)=([\d.]+)$/gm)) versions[name] = version;
  const upTo = (parts, name) => versions[name].split('.').slice(0, parts).join('.');
  const heyApi = upTo(2, '@hey-api/openapi-ts');
  for (const said of [
    `openapi-typescript](https://openapi-ts.dev) ${upTo(1, 'openapi-typescript')} with openapi-fetch`,
    `openapi-python-client) ${upTo(2, 'OPENAPI_PYTHON_CLIENT')} `,
    `@hey-api/openapi-ts](https://heyapi.dev) ${heyApi} `,
    `npx -p @hey-api/openapi-ts@${heyApi} -p typescript@${upTo(1, 'typescript')} `,
    `openapi-generator](https://openapi-generator.tech) ${upTo(2, 'OPENAPI_GENERATOR')}: `,
    `newman ${upTo(1, 'newman')} and by Bruno's command line ${upTo(1, '@usebruno/cli')}:`,
  ]) assert.ok(guide.includes(said), said);

  const lines = guide.replaceAll('\\\n  ', '').split('\n');
  const commands = lines.filter((line) => line.startsWith('openapi-generator-cli'));
  const told = commands.map((line) => line.match(/-g (.*)$/)[1]);
  assert.deepEqual(told.sort(), Object.entries(GENERATORS).map((words) => words.join(' ').trim()).sort());
});
