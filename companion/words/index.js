// What the app says: words of the chosen language, with its numbers, dates and plurals.

/** @typedef {keyof typeof import('./en.js').en} Key */
/** @typedef {'en' | 'de'} Language */
/** A sentence, or one for each plural category of `count`. @typedef {string | { one: string, other: string }} Words */

/** Only one is loaded. @type {Record<Language, () => Promise<Record<Key, Words>>>} */
const CATALOGUES = {
  en: async () => (await import('./en.js')).en,
  de: async () => (await import('./de.js')).de,
};
/** British English: the day before the month, 24 hours. */
const LOCALES = { en: 'en-GB', de: 'de-DE' };

/** @type {Language} */
let current = 'en';
/** @type {Record<Key, Words>} */
let catalogue;

/** The language that is spoken now. */
export const language = () => current;

/** Nothing can be said before. @param {Language} chosen */
export async function speak(chosen) {
  catalogue = await CATALOGUES[chosen]();
  current = chosen;
  formats.clear();
}

/** The one of our languages that the browser asks for first. @param {readonly string[]} [wanted] @returns {Language} */
export function preferred(wanted = navigator.languages) {
  const known = wanted.map((tag) => tag.slice(0, 2)).find((tag) => tag === 'en' || tag === 'de');
  return /** @type {Language} */ (known ?? 'en');
}

/** @type {Map<string, Intl.NumberFormat | Intl.DateTimeFormat | Intl.PluralRules>} */
const formats = new Map();

/** Formats are dear to make. @template {Intl.NumberFormat | Intl.DateTimeFormat | Intl.PluralRules} T
 * @param {string} name @param {(locale: string) => T} make @returns {T} */
function format(name, make) {
  const known = formats.get(name) ?? make(LOCALES[current]);
  formats.set(name, known);
  return /** @type {T} */ (known);
}

/** @typedef {Record<string, string | number>} Args */

/**
 * A sentence; `{name}` in it is replaced by the argument, and `count` chooses the plural.
 * @param {Key} key
 * @param {Args} [args]
 */
export function say(key, args = {}) {
  const words = catalogue[key];
  const sentence = typeof words === 'string' ? words : words[plural(args.count)];
  return sentence.replace(/\{(\w+)\}/g, (_, name) => {
    const value = args[name];
    return typeof value === 'number' ? number(value) : String(value ?? '');
  });
}

/**
 * Whether there are words for a key that the service, or an older entry, made.
 * @param {string} key
 * @returns {key is Key}
 */
export const isKnown = (key) => key in catalogue;

/**
 * Words for one of an open list: those for `other` where the value is new to us.
 * @param {string} group
 * @param {string} value
 */
export function sayOf(group, value) {
  const key = `${group}-${value}`;
  return isKnown(key) ? say(key) : value.replaceAll('_', ' ');
}

/** @param {string | number | undefined} count @returns {'one' | 'other'} */
function plural(count) {
  const rules = format('plural', (locale) => new Intl.PluralRules(locale));
  return rules.select(Number(count)) === 'one' ? 'one' : 'other';
}

/** A number with so many digits after the mark. @param {number} value @param {number} [digits] */
export function number(value, digits = 0) {
  const options = { minimumFractionDigits: digits, maximumFractionDigits: digits };
  return format(`number ${digits}`, (locale) => new Intl.NumberFormat(locale, options)).format(value);
}

/** Things in a row, with "and" before the last. @param {string[]} things */
export const list = (things) => new Intl.ListFormat(LOCALES[current]).format(things);

/** "Sunday, 29 Mar". @param {string} date a local date */
export const longDate = (date) => dated(date, 'long', { weekday: 'long', day: 'numeric', month: 'short' });

/** "Sun, 29 Mar". @param {string} date */
export const shortDate = (date) => dated(date, 'short', { weekday: 'short', day: 'numeric', month: 'short' });

/** "29 Mar 2026". @param {string} date */
export const fullDate = (date) => dated(date, 'full', { day: 'numeric', month: 'short', year: 'numeric' });

/** "29 Mar". @param {string} date */
export const dayAndMonth = (date) => dated(date, 'day', { day: 'numeric', month: 'short' });

/** "Tuesday". @param {string} date */
export const weekday = (date) => dated(date, 'weekday', { weekday: 'long' });

/** "March 2026". @param {string} date */
export const month = (date) => dated(date, 'month', { month: 'long', year: 'numeric' });

/** @param {string} date @param {string} name @param {Intl.DateTimeFormatOptions} options */
function dated(date, name, options) {
  const noon = new Date(`${date}T12:00:00Z`);
  return format(name, (locale) => new Intl.DateTimeFormat(locale, { ...options, timeZone: 'UTC' })).format(noon);
}

/** "29 Mar 2026, 14:05", on the clock of this phone. @param {string | Date} instant */
export function moment(instant) {
  /** @type {Intl.DateTimeFormatOptions} */
  const options = { day: 'numeric', month: 'short', year: 'numeric', hour: '2-digit', minute: '2-digit' };
  return format('moment', (locale) => new Intl.DateTimeFormat(locale, options)).format(new Date(instant));
}

/** "14:05", on the clock of this phone. @param {string | Date} instant */
export function clock(instant) {
  /** @type {Intl.DateTimeFormatOptions} */
  const options = { hour: '2-digit', minute: '2-digit' };
  return format('clock', (locale) => new Intl.DateTimeFormat(locale, options)).format(new Date(instant));
}

/** "45 seconds", "3 min", "1 h 10 min". @param {number} seconds */
export function duration(seconds) {
  if (seconds < 60) return say('seconds', { count: seconds });
  const minutes = Math.round(seconds / 60);
  if (minutes < 60) return say('minutes', { count: minutes });
  const rest = minutes % 60;
  const hours = say('hours', { count: Math.floor(minutes / 60) });
  return rest === 0 ? hours : `${hours} ${say('minutes', { count: rest })}`;
}
