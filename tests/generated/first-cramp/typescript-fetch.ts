// A first cramp with what the generator `typescript-fetch` of openapi-generator makes of the contract.

import assert from 'node:assert/strict';

import {
  AccountsApi, Configuration, EpisodeContext, EpisodesApi, Period, ProblemFromJSON, ResponseError,
} from '../out/typescript-fetch/index.js';

/** Logs a cramp at `origin`, and reads it at `tomorrow`, where it comes with a context that the contract does not know. */
export async function firstCramp(origin: string, tomorrow: string): Promise<void> {
  const registration = await new AccountsApi(new Configuration({ basePath: origin })).register({
    registerRequest: { email: 'kim@example.org', password: 'seven quiet herons at dusk', timeZone: 'Europe/Berlin' },
  });
  const at = (basePath: string): EpisodesApi =>
    new EpisodesApi(new Configuration({ basePath, accessToken: registration?.tokens.accessToken }));
  const client = at(origin);
  const me = { diaryId: 'me' };

  const logged = await client.createEpisode({
    ...me, episodeInput: { startedAt: '2026-03-29T03:10:00+02:00', intensity: 8, note: 'Twice.' },
  });
  assert.equal(logged.period, Period.Night);
  await client.patchEpisode({ ...me, id: logged.id, episodePatch: { context: EpisodeContext.Asleep } });

  const { items } = await client.listEpisodes(me);
  assert.deepEqual(items.map(({ context, note }) => [context, note]), [['asleep', 'Twice.']]);
  assert.equal(items[0]?.startedAt, '2026-03-29T03:10:00+02:00');

  const unknown = await at(tomorrow).listEpisodes(me);
  assert.equal(unknown.items[0]?.context, 'levitating');

  const refused: unknown = await client.createEpisode({
    ...me, episodeInput: { startedAt: '2026-03-29T03:10:00+02:00', intensity: 11 },
  }).catch((error: unknown) => error);
  assert.ok(refused instanceof ResponseError);
  const problem = ProblemFromJSON(await refused.response.json());
  assert.equal(problem.errors?.[0]?.pointer, '/intensity');
}
