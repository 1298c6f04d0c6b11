// WatermelonDB on a diary, for apps to copy: the tables, and `sync`.

import { Model, appSchema, tableSchema } from '@nozbe/watermelondb';
import { synchronize } from '@nozbe/watermelondb/sync/index.js';

const string = (name) => ({ name, type: 'string' });
const number = (name) => ({ name, type: 'number' });
const boolean = (name) => ({ name, type: 'boolean' });
const maybe = (column) => ({ ...column, isOptional: true });
/** What the server says of every row. */
const STAMPS = [maybe(number('revision')), number('created_at'), number('updated_at')];

const COLUMNS = {
  settings: [
    maybe(string('display_name')), string('time_zone'), string('night_start'), string('night_end'),
    string('evening_start'),
  ],
  // Lists are JSON. From `local_date` on, the server works it out: what an app writes there is not looked at.
  episodes: [
    string('started_at'), string('time_zone'), maybe(string('recorded_at')), maybe(number('duration_seconds')),
    maybe(number('intensity')), string('sites'), maybe(string('context')), maybe(boolean('interrupted_sleep')),
    maybe(number('sleep_disturbance')), string('triggers'), string('relief'), maybe(string('note')),
    maybe(string('local_date')), maybe(string('local_time')), maybe(string('night_of')), maybe(string('period')),
    maybe(number('soreness_days_logged')), maybe(number('soreness_peak')), maybe(number('soreness_last_level')),
    maybe(number('soreness_resolved_day')),
  ],
  treatments: [
    string('kind'), string('name'), maybe(string('dose')), maybe(string('side')), string('started_on'),
    maybe(string('ended_on')), maybe(string('note')),
  ],
  // Its id is the date.
  check_ins: [string('date'), boolean('cramp_free'), string('triggers'), maybe(string('note'))],
  // Its id is that of the cramp, a full stop, and the date.
  soreness: [
    string('episode_id'), string('date'), maybe(number('day')), number('level'), maybe(boolean('tender_to_touch')),
    maybe(boolean('limits_walking')),
  ],
};

export const schema = appSchema({
  version: 1,
  tables: Object.entries(COLUMNS).map(([name, columns]) => tableSchema({ name, columns: [...columns, ...STAMPS] })),
});

/** What the decorators of Babel would make: a property for each column, by the column's own name. */
function model(table) {
  class Row extends Model {
    static table = table;
  }
  for (const name of Object.keys(schema.tables[table].columns)) {
    Object.defineProperty(Row.prototype, name, {
      get() {
        return this._getRaw(name);
      },
      set(value) {
        this._setRaw(name, value);
      },
    });
  }
  return Row;
}

export const modelClasses = Object.keys(COLUMNS).map(model);

/** Problems of the server, by their status. */
class Refused extends Error {
  constructor(status, problem) {
    super(`the server answered ${status}: ${problem}`);
    this.status = status;
  }
}

async function ask(url, token, options = {}) {
  const response = await fetch(url, { ...options, headers: { authorization: `Bearer ${token}` } });
  if (!response.ok) throw new Refused(response.status, await response.text());
  return response.json();
}

/**
 * A row that was made here and that the server has already: the same day was checked in on two phones. Without this,
 * WatermelonDB would take the server's and forget what was written here; what is overwritten there has a history.
 */
function conflictResolver(table, local, remote, resolved) {
  if (local._status !== 'created') return resolved;
  const stamps = STAMPS.map(({ name }) => name);
  const written = Object.entries(local).filter(([name, value]) => value !== null && value !== '' && !stamps.includes(name));
  return { ...resolved, ...Object.fromEntries(written) };
}

/** Makes a row with this id, in a `database.write`. One that was deleted here and is not synced yet makes room for it. */
export async function create(database, table, id, columns) {
  const deleted = await database.adapter.getDeletedRecords(table);
  if (deleted.includes(id)) await database.adapter.destroyDeletedRecords(table, [id]);
  return database.get(table).create((row) => {
    row._raw.id = id;
    Object.assign(row, columns);
  });
}

/** `url` is that of the diary, `token` an access token that is good now. */
export async function sync(database, { url, token }) {
  const once = () => synchronize({
    database,
    sendCreatedAsUpdated: true,
    conflictResolver,
    pullChanges({ lastPulledAt, schemaVersion, migration }) {
      const known = `last_pulled_at=${lastPulledAt}&schema_version=${schemaVersion}`;
      return ask(`${url}/sync/watermelon?${known}&migration=${encodeURIComponent(JSON.stringify(migration))}`, token);
    },
    // What it answers with names the rows that were refused: they stay as they are here, to be corrected.
    pushChanges({ changes, lastPulledAt }) {
      const options = { method: 'POST', body: JSON.stringify(changes) };
      return ask(`${url}/sync/watermelon?last_pulled_at=${lastPulledAt}`, token, options);
    },
  });
  try {
    await once();
  } catch (error) {
    if (error.status !== 409) throw error;
    // Somebody changed one of these rows between the pull and the push.
    await once();
  }
}
