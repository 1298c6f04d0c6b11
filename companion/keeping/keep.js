// All that is in the database of this phone, in memory for reading and written through. Other tabs hear of what is
// written here, and it hears of what they write.

import { newId } from '../ground/ids.js';
import { Problem } from '../ground/problem.js';
import { STORES } from './database.js';
import { Tenure } from './tenure.js';

/** @import { Conflict, Id, RowChange, Table, Written } from '../types.js' */
/** @import { Database, StoreName, Transaction } from './database.js' */
/** @import { Change, Known, Position } from './plain.js' */

/** @typedef {Change & { diary: Id, first: string }} Waiting */
/** @typedef {Position & { isComplete?: boolean }} Kept where the pulls are, and whether there was a whole one */
/** @typedef {[StoreName, string, any]} Operation undefined deletes */

/** More changed keys than these are told to other tabs as a whole. */
const TOLD = 200;

/** @param {Id} diary @param {string} table @param {string} id */
export const keyOf = (diary, table, id) => `${diary}/${table}/${id}`;
/** @param {unknown} one @param {unknown} other */
const same = (one, other) => JSON.stringify(one) === JSON.stringify(other);
/** A base from before a row was deleted. @param {Known | undefined} known @param {any} before */
const formerly = (known, before) => ({ base_revision: Math.max(1, (known?.revision ?? 0) - 1), before });
const nothing = () => ({ outbox: new Map(), conflicts: new Map(), positions: new Map(), small: new Map() });

/** A transaction whose writes are remembered, for memory and for other tabs. */
class Session {
  /** @type {Operation[]} */
  operations = [];

  /** @param {Transaction} tx */
  constructor(tx) {
    this.tx = tx;
  }

  /** @param {StoreName} store @param {string} key @returns {Promise<any>} */
  get(store, key) {
    return this.tx.get(store, key);
  }

  /** @param {StoreName} store @param {string} key @param {any} value undefined deletes */
  set(store, key, value) {
    if (value === undefined) this.tx.delete(store, key);
    else this.tx.put(store, key, value);
    this.operations.push([store, key, value]);
  }
}

export class Keep extends EventTarget {
  /** Goes up with every change of rows. */
  version = 0;
  #database;
  #channel;
  /** @type {Map<Id, Map<string, Known>>} */
  #rows = new Map();
  /** @type {Record<Exclude<StoreName, 'rows'>, Map<string, any>>} */
  #memory = nothing();
  #order = Promise.resolve();
  #tenure = new Tenure(undefined);

  /** @param {Database} database @param {string} name */
  constructor(database, name) {
    super();
    this.#database = database;
    this.#channel = globalThis.BroadcastChannel ? new BroadcastChannel(name) : null;
    if (!this.#channel) return;
    this.#channel.onmessage = ({ data }) => void this.#inTurn(() => this.#hear(data)).catch(() => {});
    // In Node, an open channel keeps the process alive.
    /** @type {any} */ (this.#channel).unref?.();
  }

  get trouble() {
    return this.#database.trouble;
  }

  /** Of whoever has this phone now: to be taken when something begins, and handed to what it writes. */
  get tenure() {
    return this.#tenure;
  }

  /** What was begun for another person ends. */
  #compareOwner() {
    const owner = this.recall('owner');
    if (this.#tenure.owner === owner && !this.#tenure.signal.aborted) return;
    this.#tenure.end();
    this.#tenure = new Tenure(owner);
  }

  load() {
    return this.#inTurn(() => this.#load());
  }

  /**
   * After what is being written, so that memory never falls behind the disk.
   * @template T
   * @param {() => Promise<T>} work
   * @returns {Promise<T>}
   */
  #inTurn(work) {
    const turn = this.#order.then(work);
    this.#order = turn.then(() => {}, () => {});
    return turn;
  }

  async #load() {
    await this.#database.read(async (tx) => {
      for (const store of /** @type {const} */ (['outbox', 'conflicts', 'positions', 'small'])) {
        this.#memory[store] = new Map(await tx.all(store, ''));
      }
    });
    this.#compareOwner();
    const loaded = [...this.#rows.keys()];
    this.#rows.clear();
    for (const diary of loaded) await this.#loadRows(diary);
    this.version += 1;
    this.#changed();
  }

  /** @param {Id} diary */
  async loadDiary(diary) {
    if (this.#rows.has(diary)) return;
    await this.#inTurn(() => this.#loadRows(diary));
    this.#changed();
  }

  /** @param {Id} diary */
  async #loadRows(diary) {
    this.#rows.set(diary, new Map(await this.#database.read((tx) => tx.all('rows', `${diary}/`))));
    this.version += 1;
  }

  close() {
    this.#channel?.close();
    this.#database.close();
  }

  // Reading -----------------------------------------------------------------------------------------------------------

  /** @param {string} key @returns {any} */
  recall(key) {
    return this.#memory.small.get(key);
  }

  /** All that waits to be sent, in the order in which it was first written. @returns {Waiting[]} */
  get waiting() {
    return [...this.#memory.outbox.values()].sort((one, other) => (one.first < other.first ? -1 : 1));
  }

  /** @returns {Conflict[]} */
  get conflicts() {
    return [...this.#memory.conflicts.values()];
  }

  /** @param {Id} diary @returns {boolean} */
  isComplete(diary) {
    return this.#memory.positions.get(diary)?.isComplete ?? false;
  }

  /** Rows of a table as the person sees them. @param {Id} diary @param {Table} table @returns {Map<Id, Written>} */
  written(diary, table) {
    const prefix = keyOf(diary, table, '');
    /** @type {Map<Id, Written>} */
    const rows = new Map();
    for (const [key, { id, row }] of this.#rows.get(diary) ?? []) {
      if (row && key.startsWith(prefix)) rows.set(id, { row, known: row, isUnsent: false, isRefused: false });
    }
    for (const [key, { id, row, problem }] of this.#memory.outbox) {
      if (!key.startsWith(prefix)) continue;
      const known = rows.get(id)?.known;
      if (row) rows.set(id, { row, known, isUnsent: true, isRefused: Boolean(problem) });
      else rows.delete(id);
    }
    return rows;
  }

  /** What the service has of a row, as far as it is known. @param {Id} diary @param {Table} table @param {Id} id */
  known(diary, table, id) {
    return this.#rows.get(diary)?.get(keyOf(diary, table, id));
  }

  // Writing -----------------------------------------------------------------------------------------------------------

  /**
   * Writes within one transaction, into memory after it is on the disk. What was begun for somebody who was signed out
   * since, perhaps in another tab, writes nothing.
   * @template T
   * @param {(session: Session) => Promise<T>} work
   * @param {Tenure} [tenure] in which the work began
   * @returns {Promise<T>}
   */
  write(work, tenure = this.#tenure) {
    return this.#inTurn(async () => {
      /** @type {Operation[]} */
      let operations = [];
      try {
        return await this.#database.write(async (tx) => {
          const session = new Session(tx);
          tenure.check();
          if ((await tx.get('small', 'owner')) !== tenure.owner) throw new Problem({ status: 0, code: 'signed_out' });
          const answer = await work(session);
          operations = session.operations;
          return answer;
        });
      } catch (error) {
        operations = [];
        throw error;
      } finally {
        for (const operation of operations) this.#take(operation);
        const keys = operations.map(([store, key]) => /** @type {[StoreName, string]} */ ([store, key]));
        if (keys.length) this.#tell(keys.length > TOLD ? 'all' : keys);
        // Also when it failed: what is wrong with the disk has changed.
        this.#changed();
      }
    });
  }

  /** @param {Record<string, unknown>} entries undefined forgets @param {Tenure} [tenure] */
  remember(entries, tenure) {
    return this.write(async (session) => {
      for (const [key, value] of Object.entries(entries)) session.set('small', key, value);
    }, tenure);
  }

  /**
   * Writes rows of a person, null deletes. What waits of a row already keeps its base; what was taken back before it
   * was sent leaves no trace.
   * @param {Id} diary
   * @param {RowChange[]} changes
   * @param {{ also?: (session: Session) => void, tenure?: Tenure }} [more]
   */
  writeRows(diary, changes, { also, tenure } = {}) {
    return this.write(async (session) => {
      for (const { table, id, row: whole, fields, seen } of changes) {
        const key = keyOf(diary, table, id);
        const [known, waiting] = [await session.get('rows', key), await session.get('outbox', key)];
        const edit = newId();
        // The disk may know of more than the person has seen: what they did not touch stays as it is there.
        const now = waiting ? waiting.row : known?.row;
        const row = fields && now ? { ...now, ...fields } : whole;
        // Deleted elsewhere meanwhile: with a base from before that, the service says so, and the person is asked.
        const isLost = fields && seen && !waiting && !now;
        const here = { base_revision: known?.revision ?? 0, before: known?.row ?? null };
        const base = waiting ?? { ...(isLost ? formerly(known, seen) : here), first: edit };
        const { base_revision, before, sent, first } = base;
        const next = { diary, table, id, row, base_revision, before, sent, first, edit };
        session.set('outbox', key, !sent?.length && same(row, before) ? undefined : next);
      }
      also?.(session);
    }, tenure);
  }

  /**
   * Takes all away, but for what is named. What goes on for this person ends first.
   * @param {Record<string, unknown>} rest
   */
  wipe(rest) {
    this.#tenure.end();
    return this.#inTurn(async () => {
      try {
        await this.#database.write(async (tx) => {
          for (const store of STORES) await tx.clear(store, '');
          for (const [key, value] of Object.entries(rest)) tx.put('small', key, value);
        });
        this.#rows.clear();
        this.#memory = { ...nothing(), small: new Map(Object.entries(rest)) };
      } finally {
        // When it failed, the phone is still theirs.
        this.#compareOwner();
      }
      this.version += 1;
      this.#changed();
      this.#tell('all');
    });
  }

  /**
   * A diary that may not be seen any more goes, with all that was pulled of it.
   * @param {Id} diary
   * @param {Tenure} tenure
   */
  async forget(diary, tenure) {
    const rows = await this.#database.read((tx) => tx.all('rows', `${diary}/`));
    await this.write(async (session) => {
      for (const [key] of rows) session.set('rows', key, undefined);
      const conflicts = [...this.#memory.conflicts.keys()].filter((key) => key.startsWith(`${diary}/`));
      for (const key of conflicts) session.set('conflicts', key, undefined);
      session.set('positions', diary, undefined);
    }, tenure);
  }

  // Memory and other tabs ---------------------------------------------------------------------------------------------

  /** @param {Operation} operation */
  #take([store, key, value]) {
    const items = store === 'rows' ? this.#rows.get(key.slice(0, key.indexOf('/'))) : this.#memory[store];
    // Rows of a diary that was not loaded stay on the disk.
    if (value === undefined) items?.delete(key);
    else items?.set(key, value);
    if (store !== 'small') this.version += 1;
    if (store === 'small' && key === 'owner') this.#compareOwner();
  }

  /** @param {'all' | [StoreName, string][]} told */
  #tell(told) {
    this.#channel?.postMessage(told);
  }

  /** @param {'all' | [StoreName, string][]} told */
  async #hear(told) {
    if (told === 'all') return this.#load();
    const values = await this.#database.read((tx) => Promise.all(told.map(([store, key]) => tx.get(store, key))));
    told.forEach(([store, key], at) => this.#take([store, key, values[at]]));
    this.#changed();
  }

  #changed() {
    this.dispatchEvent(new Event('change'));
  }

  /**
   * What waits of a diary on the disk, where another tab may have written.
   * @param {Id} diary
   * @returns {Promise<Waiting[]>}
   */
  async pending(diary) {
    const items = await this.#database.read((tx) => tx.all('outbox', `${diary}/`));
    return items.map(([, item]) => item).sort((one, other) => (one.first < other.first ? -1 : 1));
  }

  /** @param {Id} diary @returns {Promise<Kept>} */
  async position(diary) {
    return (await this.#database.read((tx) => tx.get('positions', diary))) ?? { cursor: '0' };
  }

  /** @param {string} key @returns {Promise<Known | undefined>} */
  row(key) {
    return this.#database.read((tx) => tx.get('rows', key));
  }

  /** @param {Id} diary @returns {Promise<string[]>} */
  async rowKeys(diary) {
    return (await this.#database.read((tx) => tx.all('rows', `${diary}/`))).map(([key]) => key);
  }
}
