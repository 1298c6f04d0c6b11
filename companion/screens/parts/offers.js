// What is offered to tap: the contract's lists, and triggers of the app's own.

import { say, sayOf } from '../../words/index.js';

/** @type {import('../../types.js').Part[]} */
export const PARTS = ['calf', 'foot', 'toes', 'shin', 'thigh_back', 'thigh_front', 'other'];
/** @type {import('../../types.js').Side[]} */
export const SIDES = ['left', 'right', 'both'];
/** @type {import('../../types.js').Context[]} */
export const CONTEXTS = [
  'asleep',
  'in_bed_awake',
  'resting',
  'standing',
  'walking',
  'exercising',
  'after_exercise',
  'other',
];
/** @type {import('../../types.js').Measure[]} */
export const MEASURES = [
  'stretching',
  'standing',
  'walking',
  'massage',
  'heat',
  'cold',
  'hydration',
  'elevation',
  'medication',
  'other',
];
/** @type {import('../../types.js').TreatmentKind[]} */
export const KINDS = [
  'vein_treatment',
  'compression',
  'medication',
  'supplement',
  'stretching',
  'hydration',
  'footwear',
  'other',
];
const TRIGGERS = [
  'long_walk',
  'long_standing',
  'exercise',
  'long_sitting',
  'warm_day',
  'little_to_drink',
  'alcohol',
  'tight_shoes',
  'toes_pointed',
];

/** @param {string} group @param {readonly string[]} values */
export const options = (group, values) => values.map((value) => ({ value, label: sayOf(group, value) }));

/** Those of the app, those of this diary, and those of the row: what somebody else's app wrote can be taken out.
 * @param {import('../../keeping/phone.js').Diary | import('../../diary/diary.js').Diary} diary @param {string[]} chosen */
export function triggersOf(diary, chosen) {
  const known = diary.episodes.slice(0, 200).flatMap(({ triggers }) => triggers);
  return options('trigger', [...new Set([...TRIGGERS, ...known, ...chosen])]);
}

/** All zones that this phone knows, with these among them. @param {...string} these */
export function zones(...these) {
  const known = Intl.supportedValuesOf('timeZone');
  return [...new Set([...known, ...these])].sort().map((zone) => ({ value: zone, label: zone.replaceAll('_', ' ') }));
}

/** The parts of the body that a treatment can be for. */
export const treatmentSides = () => [{ value: '', label: say('not-said') }, ...options('side', SIDES)];
