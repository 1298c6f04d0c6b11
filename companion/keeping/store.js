// A diary of this phone as the sync adapter sees it: the methods that docs/sync.md asks of an app.

import { keyOf } from './keep.js';

/** @import { Id } from '../types.js' */
/** @import { Change, Known, Position, Store } from './plain.js' */
/** @import { Keep } from './keep.js' */
/** @import { Tenure } from './tenure.js' */

/** @implements {Store} */
export class DiaryStore {
  #keep;
  #diary;
  #tenure;

  /** @param {Keep} keep @param {Id} diary @param {Tenure} [tenure] of whom it is */
  constructor(keep, diary, tenure = keep.tenure) {
    this.#keep = keep;
    this.#diary = diary;
    this.#tenure = tenure;
  }

  /** @param {{ table: string, id: string }} change */
  #key({ table, id }) {
    return keyOf(this.#diary, table, id);
  }

  position() {
    return this.#keep.position(this.#diary);
  }

  /** @param {Known[]} changes @param {Position} position @param {{ everything?: boolean }} [how] */
  async apply(changes, position, { everything = false } = {}) {
    const former = everything ? await this.#keep.rowKeys(this.#diary) : [];
    await this.#keep.write(async (session) => {
      const { isComplete = false } = (await session.get('positions', this.#diary)) ?? {};
      for (const key of former) session.set('rows', key, undefined);
      for (const { table, id, revision, row } of changes) {
        session.set('rows', this.#key({ table, id }), { table, id, revision, row });
      }
      session.set('positions', this.#diary, { ...position, isComplete: isComplete || Boolean(position.etag) });
    }, this.#tenure);
  }

  pending() {
    return this.#keep.pending(this.#diary);
  }

  /** @param {Change} change */
  async knows(change) {
    return (await this.#keep.row(this.#key(change))) !== undefined;
  }

  /** @param {Change[]} changes @returns {Promise<Change[]>} */
  async sending(changes) {
    /** @type {Change[]} */
    let there = [];
    try {
      await this.#keep.write(async (session) => {
        for (const change of changes) {
          const now = await session.get('outbox', this.#key(change));
          if (now?.edit !== change.edit) continue;
          there.push(change);
          session.set('outbox', this.#key(change), { ...now, sent: [...(now.sent ?? []), change.row] });
        }
      }, this.#tenure);
    } catch (error) {
      if (!isFull(error)) throw error;
      // Nothing can be noted on a full disk, but what is on it can be brought to safety.
      const edits = new Set((await this.pending()).map(({ edit }) => edit));
      there = changes.filter(({ edit }) => edits.has(edit));
    }
    return there;
  }

  /** @param {Change} change @param {number} revision */
  async done({ table, id, row, edit }, revision) {
    const key = this.#key({ table, id });
    await this.#keep.write(async (session) => {
      const [known, now] = [await session.get('rows', key), await session.get('outbox', key)];
      if (!known || known.revision < revision) session.set('rows', key, { table, id, revision, row });
      if (now?.edit === edit) session.set('outbox', key, undefined);
      else if (now) session.set('outbox', key, { ...now, base_revision: revision, before: row, sent: [] });
    }, this.#tenure);
  }

  /** @param {Change} change @param {Change} [next] */
  async replace(change, next) {
    const key = this.#key(change);
    await this.#keep.write(async (session) => {
      if ((await session.get('outbox', key))?.edit === change.edit) session.set('outbox', key, next);
    }, this.#tenure);
  }
}

/** @param {any} error */
const isFull = (error) => error?.code === 'storage_full' || error?.name === 'QuotaExceededError';
