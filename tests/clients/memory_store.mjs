// What a device keeps for `sync`, in memory: to be written anew over the database of an app.

const keyOf = ({ table, id }) => `${table}/${id}`;
const same = (one, other) => JSON.stringify(one) === JSON.stringify(other);

/**
 * An app writes the same methods over its database, each of them as one transaction; they may be asynchronous. A row that
 * was deleted stays with `row: null`, for its revision.
 */
export class MemoryStore {
  #rows = new Map();
  #outbox = new Map();
  #position = { cursor: '0' };
  #edits = 0;

  // For the app.

  /** What the person sees of a row: what was written here goes before what was pulled; `null` when there is none. */
  get(table, id) {
    const key = keyOf({ table, id });
    return (this.#outbox.get(key) ?? this.#rows.get(key))?.row ?? null;
  }

  /** All rows of a table by id, as the person sees them. */
  all(table) {
    const items = [...this.#rows.values(), ...this.#outbox.values()].filter((item) => item.table === table);
    const rows = items.map(({ id }) => [id, this.get(table, id)]);
    return Object.fromEntries(rows.filter(([, row]) => row !== null));
  }

  /**
   * Writes the whole row; `null` deletes it. What waits to be sent of it already keeps its base. What was taken back
   * before it was sent leaves no trace.
   */
  write(table, id, row) {
    const key = keyOf({ table, id });
    const { revision = 0, row: known = null } = this.#rows.get(key) ?? {};
    const { base_revision, before, sent } = this.#outbox.get(key) ?? { base_revision: revision, before: known };
    if (!sent?.length && same(row, before)) this.#outbox.delete(key);
    else this.#outbox.set(key, { table, id, row, base_revision, before, sent, edit: (this.#edits += 1) });
  }

  /** What the service refused, each with its `problem`: to be written once more, or discarded. */
  refused() {
    return this.pending().filter(({ problem }) => problem);
  }

  /** Takes back what was written and not sent yet. */
  discard(table, id) {
    this.#outbox.delete(keyOf({ table, id }));
  }

  // For `sync`.

  /** Up to where everything was pulled: a cursor, and an ETag when the device has all that there was. */
  position() {
    return this.#position;
  }

  /** Takes in what was pulled. When it is `everything`, it takes the place of all rows. The outbox stays. */
  apply(changes, position, { everything = false } = {}) {
    if (everything) this.#rows.clear();
    for (const { table, id, revision, row } of changes) {
      this.#rows.set(keyOf({ table, id }), { table, id, revision, row });
    }
    this.#position = position;
  }

  /** The changes to send, in the order in which their rows were first written. Each write gives another `edit`. */
  pending() {
    return [...this.#outbox.values()];
  }

  /** Whether anything is known of a row, be it that it was deleted. */
  knows(change) {
    return this.#rows.has(keyOf(change));
  }

  /**
   * These are on their way, but for what the person has taken back or written anew since: answers with the rest. From
   * here on the service may have them, also when it is never heard.
   */
  sending(changes) {
    return changes.filter((change) => {
      const now = this.#outbox.get(keyOf(change));
      if (now?.edit !== change.edit) return false;
      now.sent = [...(now.sent ?? []), change.row];
      return true;
    });
  }

  /** A change was done, and its row is at this revision. What was written meanwhile goes on from there. */
  done({ table, id, row, edit }, revision) {
    const key = keyOf({ table, id });
    const known = this.#rows.get(key);
    if (!known || known.revision < revision) this.#rows.set(key, { table, id, revision, row });
    const now = this.#outbox.get(key);
    if (now?.edit === edit) this.#outbox.delete(key);
    else if (now) this.#outbox.set(key, { ...now, base_revision: revision, before: row, sent: [] });
  }

  /** Another change takes the place of one, or none, unless the person has written meanwhile. */
  replace(change, next) {
    const key = keyOf(change);
    if (this.#outbox.get(key)?.edit !== change.edit) return;
    if (next) this.#outbox.set(key, next);
    else this.#outbox.delete(key);
  }
}
