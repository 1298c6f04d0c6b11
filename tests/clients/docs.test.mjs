// docs/sync.md: what is to be pasted is what the tests run, and each request in it is answered as it says.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, test } from 'node:test';

import { register } from './people.mjs';
import { Service } from './service.mjs';

const read = (path) => readFileSync(new URL(path, import.meta.url), 'utf8');
const ADAPTERS = ['memory_store.mjs', '../../companion/keeping/plain.js', 'watermelon.mjs', 'rxdb.mjs'];

const blocks = [...read('../../docs/sync.md').matchAll(/^```(.*)\n([^]*?)\n```$/gm)].map(([, language, text]) => ({
  language, text,
}));

test('there is no other code than to paste, to ask and to answer', () => {
  assert.deepEqual(new Set(blocks.map(({ language }) => language)), new Set(['js', 'http', 'json']));
  const examples = blocks.filter(({ language }) => language !== 'js').map(({ language }) => language);
  assert.deepEqual(examples, examples.map((_, number) => ['http', 'json'][number % 2]), 'each request has its answer');
});

test('what is to be pasted is each adapter as it is run, all of it', () => {
  const pasted = Object.fromEntries(ADAPTERS.map((name) => [name, []]));
  for (const { text } of blocks.filter(({ language }) => language === 'js')) {
    const from = ADAPTERS.filter((name) => read(name).includes(text));
    assert.equal(from.length, 1, `this is not a part of one adapter:\n${text}`);
    pasted[from].push(text);
  }
  for (const name of ADAPTERS) assert.equal(`${pasted[name].join('\n\n')}\n`, read(name), name);
});

/** Holds an answer against what the document says of it, where `…` stands for any text. */
function compare(answer, shown, at = '') {
  if (shown === '…') {
    assert.equal(typeof answer, 'string', at);
  } else if (shown !== null && typeof shown === 'object') {
    assert.deepEqual(Object.keys(answer ?? {}).sort(), Object.keys(shown).sort(), at);
    for (const name of Object.keys(shown)) compare(answer[name], shown[name], `${at}/${name}`);
  } else {
    assert.equal(answer, shown, at);
  }
}

test('each request is answered as it is shown, one after the other', async () => {
  const service = await new Service().start();
  after(() => service.remove());
  const { token } = await register(service);
  const examples = blocks.filter(({ language }) => language !== 'js').map(({ text }) => text);
  for (let number = 0; number < examples.length; number += 2) {
    const [head, body] = examples[number].split('\n\n');
    const [request, ...lines] = head.split('\n');
    const [method, path] = request.split(' ');
    const headers = Object.fromEntries([...lines, `Authorization: Bearer ${token}`].map((line) => line.split(': ')));
    const response = await fetch(`${service.origin}${path}`, { method, headers, body });
    const text = await response.text();
    assert.ok(response.ok, `${request} answered ${response.status}: ${text}`);
    compare(JSON.parse(text), JSON.parse(examples[number + 1]), request);
  }
});
