// The words of the companion: the same ones in each language, and none that nobody says.

import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import test from 'node:test';
import { fileURLToPath } from 'node:url';

import { de } from '../../companion/words/de.js';
import { en } from '../../companion/words/en.js';

const ROOT = fileURLToPath(new URL('../../companion', import.meta.url));
const FOLDERS = ['.', 'drawing', 'screens', 'screens/parts', 'words'];
const CATALOGUES = new Set(['en.js', 'de.js']);

const sources = FOLDERS.flatMap((folder) => readdirSync(join(ROOT, folder)).map((name) => ({ folder, name })))
  .filter(({ name }) => name.endsWith('.js') && !CATALOGUES.has(name))
  .map(({ folder, name }) => readFileSync(join(ROOT, folder, name), 'utf8'))
  .join('\n');

/** What stands in braces. */
const gaps = (words) => [...new Set(JSON.stringify(words).match(/\{\w+\}/g) ?? [])].sort();

test('each language has the same words, with the same gaps, and the same plurals', () => {
  assert.deepEqual(Object.keys(de).sort(), Object.keys(en).sort());
  for (const key of Object.keys(en)) {
    assert.equal(typeof de[key], typeof en[key], key);
    assert.deepEqual(gaps(de[key]), gaps(en[key]), key);
  }
});

test('all words are said somewhere', () => {
  const whole = new Set([...sources.matchAll(/'([\w-]+)'/g)].map(([, words]) => words));
  const begun = [...sources.matchAll(/`([a-z]+-)\$\{/g), ...sources.matchAll(/(?:sayOf|options)\('([a-z]+)'/g)];
  const groups = begun.map(([, group]) => (group.endsWith('-') ? group : `${group}-`));
  const unsaid = Object.keys(en).filter((key) => !whole.has(key) && !groups.some((group) => key.startsWith(group)));
  assert.deepEqual(unsaid, []);
});

/** The modules that one is made of by its imports, itself among them. */
function reached(path, seen = new Set()) {
  if (seen.has(path)) return seen;
  seen.add(path);
  const text = readFileSync(join(ROOT, path), 'utf8');
  for (const [, from] of text.matchAll(
    /(?:^(?:import|export)\b[^;]*?|(?<=[;}])import[^;]*?)from\s*['"](\.[^'"]+)['"]/gm,
  ))
    reached(join(dirname(path), from), seen);
  return seen;
}

test('the shell asks for the modules of the first screen at once, and for no others', () => {
  const shell = readFileSync(join(ROOT, 'index.html'), 'utf8');
  const asked = [...shell.matchAll(/rel="modulepreload" href="\{\{assets\}\}\/([^"]+)"/g)].map(([, path]) => path);
  if (!shell.includes('{{preload}}')) assert.deepEqual(asked, [...reached('main.js')].sort());
});

test('German speaks with Sie', () => {
  const familiar = /\b(?:du|dir|dich|dein(?:e[mnrs]?)?)\b/i;
  for (const [key, words] of Object.entries(de)) assert.doesNotMatch(JSON.stringify(words), familiar, key);
});

test('nobody hears words of the machine', () => {
  const machine = /\b(?:sync|error|database|server|token|cache|fehler|datenbank|synchron\w*)\b/i;
  for (const catalogue of [en, de]) {
    for (const [key, words] of Object.entries(catalogue)) assert.doesNotMatch(JSON.stringify(words), machine, key);
  }
});
