// RxDB on a diary, for apps to copy: the collections, and `replicate` or `sync`.

import { deepEqual } from 'rxdb/plugins/core';
import { replicateServer } from 'rxdb-server/plugins/replication-server';
import { filter, firstValueFrom } from 'rxjs';

const text = { type: ['string', 'null'] };
const flag = { type: ['boolean', 'null'] };
const upTo = (maximum) => ({ type: ['integer', 'null'], minimum: 0, maximum });
const listOf = (items) => ({ type: 'array', items });

const PROPERTIES = {
  settings: { display_name: text, time_zone: text, night_start: text, night_end: text, evening_start: text },
  // From `local_date` on, the server works it out: what an app writes there is not looked at.
  episodes: {
    started_at: text, time_zone: text, recorded_at: text, duration_seconds: upTo(86_400), intensity: upTo(10),
    sites: listOf({ type: 'object', properties: { part: text, side: text } }), context: text, interrupted_sleep: flag,
    sleep_disturbance: upTo(10), triggers: listOf(text),
    relief: listOf({ type: 'object', properties: { measure: text, seconds_to_relief: upTo(86_400) } }), note: text,
    local_date: text, local_time: text, night_of: text, period: text,
    soreness: {
      type: 'object',
      properties: { days_logged: upTo(31), peak: upTo(10), last_level: upTo(10), resolved_day: upTo(30) },
    },
  },
  treatments: { kind: text, name: text, dose: text, side: text, started_on: text, ended_on: text, note: text },
  // Its id is the date.
  check_ins: { date: text, cramp_free: flag, triggers: listOf(text), note: text },
  // Its id is that of the cramp, a full stop, and the date.
  soreness: {
    episode_id: text, date: text, day: upTo(30), level: upTo(10), tender_to_touch: flag, limits_walking: flag,
  },
};

const STAMPS = { created_at: text, updated_at: text };

/**
 * RxDB takes nothing that a schema does not name. The server may say more: versions to come, and now already `revision`,
 * by which RxDB means something of its own.
 */
function known(table, row) {
  const names = ['id', '_deleted', ...Object.keys(PROPERTIES[table]), ...Object.keys(STAMPS)];
  return Object.fromEntries(names.filter((name) => name in row).map((name) => [name, row[name]]));
}

/**
 * What was changed here goes over what the server has, field by field. What was deleted there stays so; and when nothing
 * was changed there, the server refuses what was written here, and would again.
 */
const conflictHandler = (table) => ({
  isEqual: (one, other) => deepEqual(known(table, one), known(table, other)),
  resolve({ newDocumentState: ours, realMasterState, assumedMasterState = {} }) {
    const theirs = known(table, realMasterState);
    const before = known(table, assumedMasterState);
    if (theirs._deleted || deepEqual(theirs, before)) return theirs;
    const changed = Object.entries(ours).filter(([name, value]) => !deepEqual(value, before[name]));
    return { ...theirs, ...Object.fromEntries(changed) };
  },
});

/** For `database.addCollections`. Of what is deleted, the id alone arrives: nothing else can be required. */
export const collections = Object.fromEntries(Object.entries(PROPERTIES).map(([table, properties]) => [table, {
  conflictHandler: conflictHandler(table),
  schema: {
    version: 0,
    type: 'object',
    primaryKey: 'id',
    properties: { id: { type: 'string', maxLength: 75 }, ...properties, ...STAMPS },
    required: ['id'],
  },
}]));

/** In place of the stream by which the server tells of news. RxDB's own `live: false` does not end when it is refused. */
class Silence {
  close() {}
}

/**
 * `url` is that of the diary; `token` gives an access token that is good now, and is asked again when one no longer is.
 * `trouble` hears of each try that failed, which is made again after `retryTime` milliseconds.
 */
async function start(database, table, { url, token }, { retryTime = 5_000, trouble, outdated }, how) {
  const headers = async () => ({ authorization: `Bearer ${await token()}` });
  const replication = replicateServer({
    collection: database[table],
    replicationIdentifier: `${url}/${table}`,
    url: `${url}/sync/rxdb/${table}`,
    headers: await headers(),
    retryTime,
    waitForLeadership: false,
    ...how,
  });
  replication.unauthorized$.subscribe(async () => replication.setHeaders(await headers()));
  replication.error$.subscribe((error) => {
    if (error.parameters.errors?.some(({ code }) => code === 'resync_required')) {
      // It would be asked again and again, and answer the same.
      replication.cancel();
      outdated?.(table);
    } else {
      trouble?.(error);
    }
  });
  return replication;
}

const pull = (table) => ({ modifier: (row) => known(table, row) });

async function once(database, table, diary, options, direction) {
  const replication = await start(database, table, diary, options, { ...direction, eventSource: Silence });
  await Promise.race([replication.awaitInSync(), firstValueFrom(replication.canceled$.pipe(filter(Boolean)))]);
  await replication.cancel();
}

/**
 * Keeps the collections as the diary is, until `cancel` of each replication that it answers with, by table. `outdated`
 * hears of each table that this device has not synced for so long that it has to `startOver`.
 */
export async function replicate(database, diary, options = {}) {
  const replications = {};
  /** The server knows no soreness of a cramp that it does not know yet. */
  async function afterCramps(soreness) {
    await replications.episodes.awaitInSync();
    return soreness;
  }
  for (const table of Object.keys(collections)) {
    const push = table === 'soreness' ? { modifier: afterCramps } : {};
    replications[table] = await start(database, table, diary, options, { push, pull: pull(table) });
  }
  return replications;
}

/** Sends what was written here, as far as the server does not have it: cramps before their soreness. */
export async function send(database, diary, options = {}, tables = Object.keys(collections)) {
  for (const table of tables) await once(database, table, diary, options, { push: {} });
}

/**
 * Sends, and then fetches: once. RxDB passes over a row that it fetches while it sends it, and what the server has worked
 * out for that row does not arrive before its next change.
 */
export async function sync(database, diary, options = {}) {
  await send(database, diary, options);
  await Promise.all(Object.keys(collections).map((table) => once(database, table, diary, options, { pull: pull(table) })));
}

/** Sends what was written to a table here, and forgets the table. What comes next fetches all of it. */
export async function startOver(database, diary, options, table) {
  await send(database, diary, options, [table]);
  await database[table].remove();
  await database.addCollections({ [table]: collections[table] });
}
