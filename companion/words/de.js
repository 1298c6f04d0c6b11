// Deutsch.

import { cramps } from './de/cramps.js';
import { figures } from './de/figures.js';
import { people } from './de/people.js';
import { phone } from './de/phone.js';

/** @type {Record<import('./index.js').Key, import('./index.js').Words>} */
export const de = { ...cramps, ...figures, ...people, ...phone };
