// English.

import { cramps } from './en/cramps.js';
import { figures } from './en/figures.js';
import { people } from './en/people.js';
import { phone } from './en/phone.js';

export const en = { ...cramps, ...figures, ...people, ...phone };
