// Values that other software worked out, as the service is held against them.

import { readFileSync } from 'node:fs';

export const read = (name) => JSON.parse(readFileSync(new URL(`../reference/${name}.json`, import.meta.url), 'utf8'));

/** Whether two numbers agree to so much of the larger one, or absolutely where both are small. */
export const close = (ours, theirs, tolerance = 1e-9) =>
  Math.abs(ours - theirs) <= tolerance * Math.max(Math.abs(ours), Math.abs(theirs), 1);
