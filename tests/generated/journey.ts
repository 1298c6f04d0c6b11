// What an app does from its first day on, against the types that openapi-typescript makes of the contract. That it
// compiles is half of the test: a field that the contract lacks is an error, and so is one that may be missing or null
// and is not looked at.

import assert from 'node:assert/strict';

import createClient, { type Client } from 'openapi-fetch';

import type { components, paths } from './out/contract.js';

type Schemas = components['schemas'];
type Account = Schemas['RegisterRequest'];

const ID = '0198c0de-0001-7000-8000-000000000001';
const ME = { path: { diary_id: 'me' } };

/** What was answered, where it must not be a problem. */
function good<T>({ data, error }: { data?: T; error?: Schemas['Problem'] }): T {
  assert.equal(error, undefined);
  assert.ok(data !== undefined);
  return data;
}

async function register(baseUrl: string, account: Account): Promise<Client<paths>> {
  const nobody = createClient<paths>({ baseUrl });
  const registered: object = good(await nobody.POST('/v1/auth/register', { body: account })) ?? {};
  // Where the service sends mail, nobody is signed in by it, and the answer is empty.
  assert.ok('tokens' in registered);
  const { user, tokens } = registered as Schemas['Registration'];
  assert.equal(user.email, account.email);
  return createClient<paths>({ baseUrl, headers: { authorization: `Bearer ${tokens.access_token}` } });
}

export async function journey(origin: string): Promise<void> {
  const patient = await register(origin, {
    email: 'kim@example.org', password: 'seven quiet herons at dusk', time_zone: 'Europe/Berlin',
  });
  await logsACramp(patient);
  await looksAtIt(patient);
  await isToldOfFaults(patient);
  await shares(patient, await register(origin, {
    email: 'okafor@clinic.example', password: 'nine slow otters by noon', kind: 'clinician',
  }));
}

async function logsACramp(patient: Client<paths>): Promise<void> {
  const episode: Schemas['EpisodeInput'] = { id: ID, started_at: '2026-03-29T03:10:00+02:00', intensity: 8 };
  const logged = good(await patient.POST('/v1/diaries/{diary_id}/episodes', { params: ME, body: episode }));
  assert.deepEqual([logged.id, logged.period, logged.note], [ID, 'night', null]);

  const at = { path: { diary_id: 'me', id: ID } };
  const { data, response } = await patient.PATCH('/v1/diaries/{diary_id}/episodes/{id}', {
    params: { ...at, header: { 'If-Match': `"${logged.revision}"` } },
    body: { context: 'asleep', interrupted_sleep: true, sites: [{ part: 'calf', side: 'left' }] },
  });
  assert.equal(response.headers.get('etag'), `"${data?.revision}"`);
  assert.equal(data?.sites[0]?.part, 'calf');

  const soreness = good(await patient.PUT('/v1/diaries/{diary_id}/episodes/{id}/soreness/{date}', {
    params: { path: { ...at.path, date: '2026-03-31' } }, body: { level: 2 },
  }));
  assert.deepEqual([soreness.level, soreness.limits_walking], [2, null]);

  // What was read can be sent back as it came.
  const read = good(await patient.GET('/v1/diaries/{diary_id}/episodes/{id}', { params: at }));
  const again = good(await patient.PUT('/v1/diaries/{diary_id}/episodes/{id}', { params: at, body: read }));
  assert.equal(again.intensity, 8);
}

async function looksAtIt(patient: Client<paths>): Promise<void> {
  const period = { from: '2026-01-01', to: '2026-03-31' };
  const share = good(await patient.GET('/v1/diaries/{diary_id}/analytics/night-share', {
    params: { ...ME, query: { ...period, lang: 'de' } },
  }));
  assert.deepEqual([share.episodes, share.night, share.verdict], [1, 1, 'insufficient_data']);
  assert.ok(share.statements.length > 0);

  const everything = good(await patient.GET('/v1/diaries/{diary_id}/export', { params: ME }));
  assert.deepEqual(everything.episodes.map(({ id }) => id), [ID]);
  assert.equal(everything.soreness[0]?.date, '2026-03-31');

  const { data, response } = await patient.GET('/v1/diaries/{diary_id}/report.pdf', {
    params: { ...ME, query: period }, parseAs: 'arrayBuffer',
  });
  assert.ok(data !== undefined, `no report: ${response.status}`);
  assert.equal(Buffer.from(data).subarray(0, 4).toString(), '%PDF');
}

async function isToldOfFaults(patient: Client<paths>): Promise<void> {
  const { error, response } = await patient.POST('/v1/diaries/{diary_id}/episodes', {
    params: ME, body: { started_at: '2026-03-29T03:10:00+02:00', intensity: 11, duration_seconds: -1 },
  });
  assert.equal(response.status, 422);
  assert.equal(error?.code, 'validation_failed');
  const faults = error.errors?.map(({ pointer, code }) => `${pointer} ${code}`).sort();
  assert.deepEqual(faults, ['/duration_seconds out_of_range', '/intensity out_of_range']);

  const absent = await patient.GET('/v1/diaries/{diary_id}/episodes/{id}', {
    params: { path: { diary_id: 'me', id: 'nothing' } },
  });
  assert.deepEqual([absent.response.status, absent.error?.code], [404, 'not_found']);
}

async function shares(patient: Client<paths>, clinician: Client<paths>): Promise<void> {
  const { code } = good(await patient.POST('/v1/diaries/{diary_id}/invitations', {
    params: ME, body: { role: 'viewer', label: 'Dr. Amara Okafor, vein clinic', language: 'en' },
  }));
  const grant = good(await clinician.POST('/v1/invitations/redeem', { body: { code } }));

  const diaries = good(await clinician.GET('/v1/diaries'));
  assert.deepEqual(diaries.items.map(({ id, role }) => [id, role]), [[grant.diary_id, 'viewer']]);
  const cramps = good(await clinician.GET('/v1/diaries/{diary_id}/episodes', {
    params: { path: { diary_id: grant.diary_id }, query: { limit: 10 } },
  }));
  assert.deepEqual(cramps.items.map(({ id, soreness }) => [id, soreness.days_logged]), [[ID, 1]]);

  const { error } = await clinician.DELETE('/v1/diaries/{diary_id}/episodes/{id}', {
    params: { path: { diary_id: grant.diary_id, id: ID } },
  });
  assert.equal(error?.code, 'forbidden');
}
