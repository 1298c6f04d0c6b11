// One at a time, over all tabs of the app.

/** @type {Map<string, Promise<unknown>>} */
const turns = new Map();
/** Milliseconds for which a tab without Web Locks may hold a turn without a sign of life. */
const LEASE = 20_000;

/**
 * @template T
 * @param {string} name
 * @param {() => Promise<T>} work
 * @param {Leases} [leases] for browsers without Web Locks
 * @returns {Promise<T>}
 */
export function exclusively(name, work, leases) {
  const locks = globalThis.navigator?.locks;
  if (locks) return /** @type {Promise<T>} */ (locks.request(name, work));
  const turn = (turns.get(name) ?? Promise.resolve()).catch(() => {})
    .then(() => (leases ? leased(name, work, leases) : work()));
  turns.set(name, turn);
  return turn;
}

/**
 * @typedef {object} Leases
 * @property {(name: string, until: number) => Promise<boolean>} take whether it was free, or this tab's already
 * @property {(name: string) => Promise<void>} give
 */

/** @template T @param {string} name @param {() => Promise<T>} work @param {Leases} leases */
async function leased(name, work, leases) {
  while (!(await leases.take(name, Date.now() + LEASE))) await new Promise((done) => setTimeout(done, 500));
  const sign = setInterval(() => void leases.take(name, Date.now() + LEASE).catch(() => {}), LEASE / 4);
  try {
    return await work();
  } finally {
    clearInterval(sign);
    await leases.give(name).catch(() => {});
  }
}
