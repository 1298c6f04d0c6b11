// Reports that were fetched, for reading without a network: the worker answers their addresses from this cache.

/** @import { Tenure } from './tenure.js' */

const CACHE = 'cramp-diary-reports';

/** @param {string} diary */
const addressOf = (diary) => `/app/report/${diary}`;

/**
 * @param {string} diary
 * @param {Response} response
 * @param {Tenure} tenure of whom it was asked
 * @returns {Promise<string>} its address
 */
export async function keep(diary, response, tenure) {
  tenure.check();
  const cache = await caches.open(CACHE);
  await cache.put(addressOf(diary), response);
  // Its text may have come late, after all reports were taken away.
  if (tenure.signal.aborted) await forgetOne(diary);
  tenure.check();
  return addressOf(diary);
}

/** @param {string} diary @returns {Promise<Date | null>} */
export async function keptAt(diary) {
  if (!globalThis.caches || !(await caches.has(CACHE))) return null;
  const response = await (await caches.open(CACHE)).match(addressOf(diary), { ignoreVary: true });
  const date = response?.headers.get('date');
  return date ? new Date(date) : null;
}

/** @param {string} diary */
export async function forgetOne(diary) {
  if (!globalThis.caches || !(await caches.has(CACHE))) return;
  await (await caches.open(CACHE)).delete(addressOf(diary), { ignoreVary: true });
}

export async function forget() {
  await globalThis.caches?.delete(CACHE);
}
