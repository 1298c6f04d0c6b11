// The database of this phone: IndexedDB, or memory where there is none. What is written is on the disk when its promise
// resolves.

import { Problem } from '../ground/problem.js';
import { openDB } from '../vendor/idb/index.js';

/** @import { StorageTrouble } from '../types.js' */

const VERSION = 1;
/** All keys are texts: `diary/table/id` of rows, of what waits to be sent, and of conflicts; `diary` of positions. */
export const STORES = /** @type {const} */ (['rows', 'outbox', 'conflicts', 'positions', 'small']);

/** @typedef {typeof STORES[number]} StoreName */
/**
 * @typedef {object} Transaction
 * @property {(store: StoreName, key: string) => Promise<any>} get
 * @property {(store: StoreName, prefix: string) => Promise<[string, any][]>} all
 * @property {(store: StoreName, key: string, value: any) => void} put
 * @property {(store: StoreName, key: string) => void} delete
 * @property {(store: StoreName, prefix: string) => Promise<void>} clear
 */
/**
 * @typedef {object} Database
 * @property {StorageTrouble | null} trouble
 * @property {<T>(work: (tx: Transaction) => Promise<T>) => Promise<T>} read
 * @property {<T>(work: (tx: Transaction) => Promise<T>) => Promise<T>} write all or nothing
 * @property {() => void} close
 */

/** Keys that begin with a text. @param {string} prefix */
const startingWith = (prefix) => (prefix ? IDBKeyRange.bound(prefix, `${prefix}\uffff`) : undefined);

/**
 * @param {string} name
 * @param {() => void} outdated called when another page with a newer version of the app wants to change the database:
 * this one has let go of it
 * @returns {Promise<Database>}
 */
export async function openDatabase(name, outdated) {
  try {
    if (!globalThis.indexedDB) return new Memory('private');
    return await Disk.open(name, outdated);
  } catch (error) {
    const { name: kind } = /** @type {DOMException} */ (error);
    // Written by a newer version of the app, which is to be loaded: nothing may be written past it.
    if (kind === 'VersionError') return new Closed('newer');
    // Private windows of some browsers refuse by these.
    const isPrivate = ['SecurityError', 'InvalidStateError', 'NotSupportedError'].includes(kind);
    return new Memory(isPrivate ? 'private' : kind === 'QuotaExceededError' ? 'full' : 'failed');
  }
}

/** @implements {Database} */
class Disk {
  /** @type {StorageTrouble | null} */
  trouble = null;
  /** @type {import('../vendor/idb/entry.js').IDBPDatabase} */
  #db;
  #isClosed = false;

  /** @param {import('../vendor/idb/entry.js').IDBPDatabase} db */
  constructor(db) {
    this.#db = db;
  }

  /** @param {string} name @param {() => void} outdated */
  static async open(name, outdated) {
    /** @type {Disk | undefined} */
    let disk;
    const db = await openDB(name, VERSION, {
      upgrade: (opened) => {
        for (const store of STORES) if (!opened.objectStoreNames.contains(store)) opened.createObjectStore(store);
      },
      blocking: () => {
        disk?.close();
        if (disk) disk.trouble = 'newer';
        outdated();
      },
      terminated: () => {
        if (disk) disk.trouble = 'failed';
        outdated();
      },
    });
    disk = new Disk(db);
    return disk;
  }

  /** @template T @param {(tx: Transaction) => Promise<T>} work */
  read(work) {
    return this.#run('readonly', work);
  }

  /** @template T @param {(tx: Transaction) => Promise<T>} work */
  async write(work) {
    try {
      const result = await this.#run('readwrite', work);
      if (this.trouble === 'full') this.trouble = null;
      return result;
    } catch (error) {
      if (/** @type {DOMException} */ (error)?.name === 'QuotaExceededError') this.trouble = 'full';
      throw troubled(error, this.trouble);
    }
  }

  /**
   * @template T
   * @param {IDBTransactionMode} mode
   * @param {(tx: Transaction) => Promise<T>} work
   * @returns {Promise<T>}
   */
  async #run(mode, work) {
    if (this.#isClosed) throw troubled(undefined, this.trouble ?? 'failed');
    const tx = this.#db.transaction([...STORES], mode, { durability: 'strict' });
    /** @param {StoreName} store @returns {any} */
    const of = (store) => tx.objectStore(store);
    // Each single one fails with the whole, which is waited for below.
    const inWhole = (/** @type {Promise<unknown>} */ request) => void request.catch(() => {});
    try {
      const result = await work({
        get: (store, key) => of(store).get(key),
        async all(store, prefix) {
          const range = startingWith(prefix);
          const [keys, values] = await Promise.all([of(store).getAllKeys(range), of(store).getAll(range)]);
          return keys.map((/** @type {string} */ key, /** @type {number} */ at) => [key, values[at]]);
        },
        put: (store, key, value) => inWhole(of(store).put(value, key)),
        delete: (store, key) => inWhole(of(store).delete(key)),
        clear: (store, prefix) => (prefix ? of(store).delete(startingWith(prefix)) : of(store).clear()),
      });
      await tx.done;
      return result;
    } catch (error) {
      const done = tx.done.catch(() => {});
      try {
        tx.abort();
      } catch {
        // It has ended already.
      }
      await done;
      throw tx.error ?? error;
    }
  }

  close() {
    this.#isClosed = true;
    this.#db.close();
  }
}

/** @param {unknown} error @param {StorageTrouble | null} trouble */
function troubled(error, trouble) {
  if (error instanceof Problem || error instanceof TypeError) return error;
  return new Problem({ status: 0, code: `storage_${trouble ?? 'failed'}` }, { cause: error });
}

/** Keeps nothing beyond the end of the page. @implements {Database} */
class Memory {
  /** @type {Map<StoreName, Map<string, any>>} */
  #stores = new Map(STORES.map((store) => [store, new Map()]));
  /** @type {Promise<unknown>} */
  #last = Promise.resolve();

  /** @param {StorageTrouble} trouble */
  constructor(trouble) {
    this.trouble = trouble;
  }

  /** @template T @param {(tx: Transaction) => Promise<T>} work @returns {Promise<T>} */
  read(work) {
    return this.write(work);
  }

  /** @template T @param {(tx: Transaction) => Promise<T>} work @returns {Promise<T>} */
  write(work) {
    const next = this.#last.catch(() => {}).then(() => this.#run(work));
    this.#last = next;
    return next;
  }

  /** @template T @param {(tx: Transaction) => Promise<T>} work */
  async #run(work) {
    const before = new Map([...this.#stores].map(([store, items]) => [store, new Map(items)]));
    /** @param {StoreName} store @returns {Map<string, any>} */
    const of = (store) => /** @type {Map<string, any>} */ (this.#stores.get(store));
    /** @param {StoreName} store @param {string} prefix */
    const all = (store, prefix) => [...of(store)].filter(([key]) => key.startsWith(prefix))
      .sort(([one], [other]) => (one < other ? -1 : 1));
    try {
      return await work({
        get: async (store, key) => of(store).get(key),
        all: async (store, prefix) => all(store, prefix),
        put: (store, key, value) => void of(store).set(key, value),
        delete: (store, key) => void of(store).delete(key),
        clear: async (store, prefix) => all(store, prefix).forEach(([key]) => of(store).delete(key)),
      });
    } catch (error) {
      this.#stores = before;
      throw error;
    }
  }

  close() {}
}

/** There is a database, and this version of the app does not know it. @implements {Database} */
class Closed {
  /** @param {StorageTrouble} trouble */
  constructor(trouble) {
    this.trouble = trouble;
  }

  /** @template T @param {(tx: Transaction) => Promise<T>} work @returns {Promise<T>} */
  read(work) {
    return work({
      get: async () => undefined, all: async () => [], put: () => {}, delete: () => {}, clear: async () => {},
    });
  }

  /** @returns {Promise<never>} */
  async write() {
    throw troubled(undefined, this.trouble);
  }

  close() {}
}
