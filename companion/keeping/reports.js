// Reports that were fetched, for reading without a network: the worker answers their addresses from this cache.

const CACHE = 'cramp-diary-reports';

/** @param {string} diary */
const addressOf = (diary) => `/app/report/${diary}`;

/** @param {string} diary @param {Response} response @returns {Promise<string>} its address */
export async function keep(diary, response) {
  const cache = await caches.open(CACHE);
  await cache.put(addressOf(diary), response);
  return addressOf(diary);
}

/** @param {string} diary @returns {Promise<Date | null>} */
export async function keptAt(diary) {
  if (!globalThis.caches || !(await caches.has(CACHE))) return null;
  const response = await (await caches.open(CACHE)).match(addressOf(diary), { ignoreVary: true });
  const date = response?.headers.get('date');
  return date ? new Date(date) : null;
}

export async function forget() {
  await globalThis.caches?.delete(CACHE);
}
