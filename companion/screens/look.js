// How the app looks and speaks on this phone. Kept where the first paint can read it: it tells nothing about anybody.

import { preferred, speak } from '../words/index.js';

/** @typedef {'itself' | 'light' | 'dark'} Theme */
/** @typedef {import('../words/index.js').Language} Language */

const COLOURS = { light: '#f3f5f8', dark: '#120e0a' };
const NIGHT_BEGINS = 22;
const NIGHT_ENDS = 6;

/** @param {string} name */
function kept(name) {
  try {
    return localStorage.getItem(name);
  } catch {
    return null;
  }
}

/**
 * Where nothing can be kept, the choice lasts until the app is closed.
 * @param {string} name
 * @param {string | null} value
 */
function keep(name, value) {
  try {
    if (value === null) localStorage.removeItem(name);
    else localStorage.setItem(name, value);
  } catch {
    // A private window.
  }
}

/** @returns {Theme} */
export function theme() {
  const chosen = kept('look.theme');
  return chosen === 'light' || chosen === 'dark' ? chosen : 'itself';
}

/** Whether it is the part of the day in which nothing may be bright. @param {Date} now */
export const isNight = (now) => now.getHours() >= NIGHT_BEGINS || now.getHours() < NIGHT_ENDS;

/** @param {Theme} chosen */
export function chooseTheme(chosen) {
  keep('look.theme', chosen === 'itself' ? null : chosen);
  wear();
}

/** Puts on what was chosen, or what the hour asks for. */
export function wear(now = new Date()) {
  const chosen = theme();
  const isDark = isNight(now) || matchMedia('(prefers-color-scheme: dark)').matches;
  const worn = chosen === 'itself' ? (isDark ? 'dark' : 'light') : chosen;
  document.documentElement.dataset.theme = worn;
  for (const meta of document.querySelectorAll('meta[name="theme-color"]')) meta.setAttribute('content', COLOURS[worn]);
}

/** @param {Language | null} chosen `null`: the browser's */
export function chooseLanguage(chosen) {
  keep('look.language', chosen);
  return hear();
}

/** The language that was chosen here, or `null` where it is the browser's. @returns {Language | null} */
export function chosenLanguage() {
  const chosen = kept('look.language');
  return chosen === 'en' || chosen === 'de' ? chosen : null;
}

/** Speaks the chosen language. */
export async function hear() {
  const language = chosenLanguage() ?? preferred();
  await speak(language);
  document.documentElement.lang = language;
}
