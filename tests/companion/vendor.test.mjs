// The libraries that the app carries are those of their packages, unchanged.

import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { test } from 'node:test';

const here = new URL('../../companion/vendor/', import.meta.url);
const packages = new URL('node_modules/', import.meta.url);
/** Where the files of a package lie in it. */
const PLACES = { 'lit-html': '', idb: 'build/' };

for (const [name, place] of Object.entries(PLACES)) {
  test(`${name} is that of its package`, () => {
    const files = readdirSync(new URL(`${name}/`, here), { recursive: true }).filter((file) =>
      /\.|^LICENSE$/.test(file),
    );
    assert.ok(files.includes('LICENSE') && files.length > 3);
    for (const file of files) {
      const theirs = new URL(file === 'LICENSE' ? `${name}/LICENSE` : `${name}/${place}${file}`, packages);
      assert.equal(readFileSync(new URL(`${name}/${file}`, here), 'utf8'), readFileSync(theirs, 'utf8'), file);
    }
  });
}
