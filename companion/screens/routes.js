// Which address shows which screen. Those of the night are there at once; the others are fetched when they are wanted, and
// kept with the rest of the app.

import * as bed from './bed.js';
import * as cramp from './cramp.js';
import * as crampNow from './cramp-now.js';
import * as home from './home.js';
import * as missing from './missing.js';
import * as signIn from './sign-in.js';
import * as welcome from './welcome.js';

/** @typedef {import('./app.js').App} App */
/** @typedef {'log' | 'diary' | 'share' | 'more'} Place */
/**
 * @typedef {object} Screen
 * @property {(app: App) => string} title its heading
 * @property {(app: App) => unknown} view what is below the heading
 * @property {Place} [place] where it belongs in the bottom bar
 * @property {boolean} [isBare] whether it stands alone, without bars
 * @property {boolean} [hidesTitle] whether the heading is for those alone who hear the screen
 * @property {number} [ticks] milliseconds after which it is drawn anew, by itself
 * @property {string | ((app: App) => string)} [back] where one comes from, if not from the bottom bar
 * @property {(app: App) => unknown} [enter] begins what it needs
 */
/** @typedef {{ screen: Screen, params: string[] }} Route */
/** @typedef {{ wanted: Screen | (() => Promise<Screen>), params: string[] }} Found */

/** Those that are there without an account. @type {Record<string, Found['wanted']>} */
const OUTSIDE = {
  '/welcome': welcome,
  '/register': () => import('./register.js'),
  '/sign-in': signIn,
  '/forgotten': () => import('./forgotten.js'),
  '/appearance': () => import('./appearance.js'),
};

/** A `*` stands for an id or a date. @type {Record<string, Found['wanted']>} */
const INSIDE = {
  '/': home,
  '/cramp-now': crampNow,
  '/cramp': cramp,
  '/cramp/*': () => import('./episode.js'),
  '/cramp/*/bed': bed,
  '/cramp/*/versions': () => import('./versions.js'),
  '/earlier': () => import('./earlier.js'),
  '/earlier/*': () => import('./earlier.js'),
  '/soreness/*/*': () => import('./soreness.js'),
  '/check-in/*': () => import('./check-in.js'),
  '/diary': () => import('./diary.js'),
  '/going': () => import('./going.js'),
  '/nights/*': () => import('./nights.js'),
  '/report': () => import('./report.js'),
  '/share': () => import('./share.js'),
  '/share/new': () => import('./invite.js'),
  '/looks': () => import('./looks.js'),
  '/redeem': () => import('./redeem.js'),
  '/diaries': () => import('./diaries.js'),
  '/more': () => import('./more.js'),
  '/treatments': () => import('./treatments.js'),
  '/treatments/*': () => import('./treatment.js'),
  '/settings': () => import('./settings.js'),
  '/devices': () => import('./devices.js'),
  '/export': () => import('./export.js'),
  '/import': () => import('./import.js'),
  '/appearance': () => import('./appearance.js'),
  '/unsent': () => import('./unsent.js'),
  '/conflict/*/*/*': () => import('./conflict.js'),
  '/sign-in': signIn,
  '/forgotten': () => import('./forgotten.js'),
  '/sign-out': () => import('./sign-out.js'),
  '/erase': () => import('./erase.js'),
  '/about': () => import('./about.js'),
};

/** Those that a person has who keeps no diary and was let into none. */
const WITHOUT_DIARY = new Set([
  '/redeem',
  '/more',
  '/diaries',
  '/devices',
  '/appearance',
  '/sign-in',
  '/forgotten',
  '/sign-out',
  '/erase',
  '/about',
]);

/** The screen of an address. @param {string} hash @param {App} app @returns {Found} */
export function find(hash, { phone }) {
  const path = hash.replace(/^#/, '') || '/';
  if (phone.standing === 'nobody')
    return lookUp(path, OUTSIDE) ?? { wanted: path === '/cramp-now' ? crampNow : welcome, params: [] };
  const found = lookUp(path, INSIDE);
  if (found && !phone.diary && !WITHOUT_DIARY.has(path)) return { wanted: INSIDE['/diaries'], params: [] };
  return found ?? { wanted: missing, params: [] };
}

/** Fetches the screen, if it is not there yet. @param {Found} found @returns {Promise<Route>} */
export async function arrive({ wanted, params }) {
  return { screen: typeof wanted === 'function' ? await wanted() : wanted, params };
}

/** @param {string} path @param {Record<string, Found['wanted']>} table @returns {Found | null} */
function lookUp(path, table) {
  const parts = path.split('/');
  for (const [pattern, wanted] of Object.entries(table)) {
    const names = pattern.split('/');
    if (
      names.length === parts.length &&
      names.every((name, n) => name === parts[n] || (name === '*' && parts[n] !== ''))
    ) {
      return { wanted, params: parts.filter((_, n) => names[n] === '*').map(decodeURIComponent) };
    }
  }
  return null;
}
