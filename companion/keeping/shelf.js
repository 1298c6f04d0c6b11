// What a diary object reads from and writes to: its part of what is kept on this phone.

/** @import { DiaryHead, Id, RowChange, Shelf, Table, Written } from '../types.js' */
/** @import { Keep } from './keep.js' */
/** @import { Tenure } from './tenure.js' */

/** @implements {Shelf} */
export class DiaryShelf {
  #keep;
  #written;
  // Also an undo that somebody kept is theirs alone.
  #tenure;
  /** @type {Map<Table, Map<Id, Written>>} */
  #tables = new Map();
  #version = -1;

  /**
   * @param {Keep} keep
   * @param {DiaryHead} head as it was when the diary was chosen
   * @param {() => void} written called after each write
   * @param {Tenure} [tenure] of whom it is
   */
  constructor(keep, head, written, tenure = keep.tenure) {
    this.#keep = keep;
    this.#tenure = tenure;
    this.first = head;
    this.#written = written;
  }

  get id() {
    return this.first.id;
  }

  /** @returns {DiaryHead} */
  get head() {
    const heads = /** @type {DiaryHead[]} */ (this.#keep.recall('diaries') ?? []);
    return heads.find(({ id }) => id === this.id) ?? { ...this.first, hasEnded: true };
  }

  get version() {
    return this.#keep.version;
  }

  get isComplete() {
    return this.#keep.isComplete(this.id);
  }

  /** @param {Table} table */
  rows(table) {
    if (this.#version !== this.#keep.version) [this.#tables, this.#version] = [new Map(), this.#keep.version];
    const known = this.#tables.get(table);
    if (known) return known;
    const rows = this.#keep.written(this.id, table);
    this.#tables.set(table, rows);
    return rows;
  }

  /** @param {RowChange[]} changes @param {Record<string, unknown>} [small] */
  async write(changes, small = {}) {
    /** @param {{ set: (store: 'small', key: string, value: unknown) => void }} session */
    const also = (session) => Object.entries(small).forEach(([key, value]) => session.set('small', key, value));
    await this.#keep.writeRows(this.id, changes, { also, tenure: this.#tenure });
    this.#written();
  }

  /** @param {string} key */
  recall(key) {
    return this.#keep.recall(key);
  }

  /** @param {string} key @param {unknown} value */
  async remember(key, value) {
    await this.#keep.remember({ [key]: value }, this.#tenure);
  }
}
