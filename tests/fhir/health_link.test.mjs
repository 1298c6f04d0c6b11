// A library that is not ours reads a link to the report as a SMART Health Link, as a clinic's program would.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { SHLInvalidPasscodeError, SHLManifestNotFoundError, SHLViewer } from 'kill-the-clipboard';

import { Service } from '../clients/service.mjs';

const service = new Service();
before(() => service.start({ PUBLIC_URL: 'http://{LISTEN}' }));
after(() => service.remove());

async function asks(method, path, { token, body } = {}) {
  const headers = { 'content-type': 'application/json', ...(token && { authorization: `Bearer ${token}` }) };
  const answer = await fetch(service.origin + path, { method, headers, body: body && JSON.stringify(body) });
  assert.ok(answer.ok, `${method} ${path} → ${answer.status}`);
  return answer.status === 204 ? null : answer.json();
}

test('a clinic scans a link, types the passcode, and has the report and the cramps', async () => {
  const account = { email: 'kim@example.org', password: 'seven quiet herons at dusk', time_zone: 'Europe/Berlin' };
  const { access_token: token } = (await asks('POST', '/v1/auth/register', { body: account })).tokens;
  const own = '/v1/diaries/me';
  await asks('POST', `${own}/episodes`, { token, body: { started_at: '2026-03-29T03:10:00+02:00', intensity: 8, note: 'Ärger 🐓' } });
  const body = { from: '2026-03-01', to: '2026-03-31', passcode: '4711', include_notes: true };
  const link = await asks('POST', `${own}/report-links`, { token, body });

  const viewer = new SHLViewer({ shlinkURI: link.shlink });
  assert.equal(viewer.shl.requiresPasscode, true);
  assert.equal(viewer.shl.label, 'Cramp diary');
  await assert.rejects(viewer.resolveSHL({ recipient: 'A clinic', passcode: '4712' }), SHLInvalidPasscodeError);

  // In the list of files, and at an address of its own.
  for (const embeddedLengthMax of [undefined, 100]) {
    const { fhirResources, manifest } = await viewer.resolveSHL({ recipient: 'A clinic', passcode: '4711', embeddedLengthMax });
    assert.equal('location' in manifest.files[0], embeddedLengthMax === 100);
    const resources = fhirResources[0].entry.map(({ resource }) => resource);
    assert.deepEqual(resources.map(({ resourceType }) => resourceType), ['DocumentReference', 'Patient', 'Observation']);
    assert.equal(resources[2].effectiveDateTime, '2026-03-29T03:10:00+02:00');
    assert.equal(resources[2].note[0].text, 'Ärger 🐓');
    const pdf = Buffer.from(resources[0].content[0].attachment.data, 'base64');
    assert.equal(pdf.subarray(0, 5).toString(), '%PDF-');
  }
  const { items } = await asks('GET', `${own}/access-log`, { token });
  assert.deepEqual(items.map(({ what, target, outcome }) => [what, target, outcome]), [
    ['getHealthLinkFile', null, 'done'], ['openHealthLink', 'A clinic', 'done'], ['openHealthLink', 'A clinic', 'denied'],
  ]);
  await asks('DELETE', `${own}/report-links/${link.id}`, { token });
  await assert.rejects(viewer.resolveSHL({ recipient: 'A clinic', passcode: '4711' }), SHLManifestNotFoundError);
});
