// A first cramp with what @hey-api/openapi-ts makes of the contract.

import assert from 'node:assert/strict';

import { createClient, type Client } from '../out/hey-api/client/index.js';
import { createEpisode, listEpisodes, patchEpisode, register } from '../out/hey-api/sdk.gen.js';
import type { Registration } from '../out/hey-api/types.gen.js';

/** Logs a cramp at `origin`, and reads it at `tomorrow`, where it comes with a context that the contract does not know. */
export async function firstCramp(origin: string, tomorrow: string): Promise<void> {
  const { data: registered } = await register({
    client: createClient({ baseUrl: origin }), throwOnError: true,
    body: { email: 'kim@example.org', password: 'seven quiet herons at dusk', time_zone: 'Europe/Berlin' },
  });
  const registration = registered as Registration; // empty where the service sends mail
  const at = (baseUrl: string): Client => createClient({ baseUrl, auth: registration.tokens.access_token });
  const client = at(origin);
  const me = { diary_id: 'me' };

  const { data: logged } = await createEpisode({
    client, throwOnError: true, path: me, body: { started_at: '2026-03-29T03:10:00+02:00', intensity: 8, note: 'Twice.' },
  });
  assert.equal(logged.period, 'night');
  await patchEpisode({ client, throwOnError: true, path: { ...me, id: logged.id }, body: { context: 'asleep' } });

  const { data: page } = await listEpisodes({ client, throwOnError: true, path: me });
  assert.deepEqual(page.items.map(({ context, note }) => [context, note]), [['asleep', 'Twice.']]);
  assert.equal(page.items[0]?.started_at, '2026-03-29T03:10:00+02:00');

  const { data: unknown } = await listEpisodes({ client: at(tomorrow), throwOnError: true, path: me });
  assert.equal(unknown.items[0]?.context, 'levitating');

  const { error } = await createEpisode({
    client, path: me, body: { started_at: '2026-03-29T03:10:00+02:00', intensity: 11 },
  });
  assert.equal(error?.errors?.[0]?.pointer, '/intensity');
}
