// An app of somebody else sends people here, and is let in by them.

import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { after } from 'node:test';

import { DEVICES, PHONE, follow, test } from './support/browser.mjs';
import { isForEverybody } from './support/checks.mjs';
import { PASSWORD, PASSWORD_OF_THE_DEMO, register } from './support/people.mjs';
import { server } from './support/server.mjs';

/** Another site, which sends people to the service and takes them back. */
const app = createServer((request, response) => {
  response.setHeader('content-type', 'text/html');
  const { pathname, searchParams } = new URL(request.url, 'http://app');
  const icon = '<link rel="icon" href="data:,">';
  response.end(pathname === '/start' ? `${icon}<a href="${question().replaceAll('&', '&amp;')}">Connect</a>`
    : `${icon}<h1>${searchParams.has('code') ? 'Connected' : searchParams.get('error')}</h1>`);
});
await new Promise((done) => app.listen(0, '127.0.0.1', done));
after(() => { app.closeAllConnections(); app.close(); });
const elsewhere = `http://127.0.0.1:${app.address().port}`;
// Any port: the app of the test has one of its own.
const said = server.run('client', 'add', 'Sleep Log', '--public', '--redirect', 'http://127.0.0.1/callback');
const [, id] = /^id +(\S+)$/m.exec(said);

function question() {
  const asked = {
    response_type: 'code', client_id: id, redirect_uri: `${elsewhere}/callback`, state: 'xyz',
    scope: 'diary:read diary:write analytics:read', code_challenge_method: 'S256',
    code_challenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM',
  };
  return `${server.origin}/oauth/authorize?${new URLSearchParams(asked)}`;
}

const heading = (page) => page.getByRole('heading', { level: 1 });
const press = (page, name) => follow(page, () => page.getByRole('button', { name, exact: true }).click());

async function signsIn(page, email, password) {
  await page.getByLabel('E-mail').or(page.getByLabel('E-Mail')).fill(email);
  await page.getByLabel('Password').or(page.getByLabel('Passwort')).fill(password);
  await page.locator('form button.first').click();
}

test('a patient comes from an app, lets it in, is taken back, and ends it', async (browser) => {
  browser.expects(new RegExp(`^${elsewhere}/(start|callback)\\S* is asked for$`));
  await register({ email: 'robin@example.org', display_name: 'Robin' });
  const phone = await browser.page(PHONE);
  await phone.goto(`${elsewhere}/start`);
  await phone.getByRole('link', { name: 'Connect' }).click();
  await signsIn(phone, 'robin@example.org', PASSWORD);
  await heading(phone).filter({ hasText: 'Let Sleep Log in?' }).waitFor();
  await phone.getByLabel('Log, change and delete entries').uncheck();
  await phone.getByRole('button', { name: 'Let it in' }).click();
  // Another origin, by way of a form: the page's content policy allows it.
  await heading(phone).filter({ hasText: 'Connected' }).waitFor();
  assert.equal(new URL(phone.url()).searchParams.get('state'), 'xyz');

  await phone.goto(`${server.origin}/tokens`);
  assert.ok(await phone.getByRole('heading', { name: 'Sleep Log' }).isVisible());
  assert.ok(await phone.getByText('Read everything that is logged, with the report and the export · Read the figures').isVisible());
  await isForEverybody(phone, 'apps-phone');
  await phone.locator('details summary').first().click();
  assert.equal(await press(phone, 'Yes, end it now'), 200);
  assert.ok(await phone.getByText('Ended. The program has no access any more.').isVisible());
  assert.equal(await phone.getByRole('heading', { name: 'Sleep Log' }).count(), 0);
});

test('somebody says no', async (browser) => {
  browser.expects(new RegExp(`^${elsewhere}/callback\\S* is asked for$`));
  await register({ email: 'lou@example.org' });
  const phone = await browser.page(PHONE);
  await phone.goto(question());
  await signsIn(phone, 'lou@example.org', PASSWORD);
  await phone.getByRole('button', { name: 'No', exact: true }).click();
  await heading(phone).filter({ hasText: 'access_denied' }).waitFor();
});

for (const device of DEVICES) {
  for (const [locale, title] of [['en-GB', 'Let Sleep Log in?'], ['de-DE', 'Sleep Log hereinlassen?']]) {
    test(`a clinician is asked on ${device.name}, ${locale}`, async (browser) => {
      const page = await browser.page(device, { locale });
      await page.goto(question());
      await signsIn(page, 'okafor@example.org', PASSWORD_OF_THE_DEMO);
      await heading(page).filter({ hasText: title }).waitFor();
      await isForEverybody(page, `consent-${device.name}-${locale}`);
      await page.locator('button[value=yes]').click();
      await page.getByRole('alert').waitFor();
      await page.goto(question().replace(id, 'nobody'));
      await isForEverybody(page, `mistaken-${device.name}-${locale}`);
    });
  }
}
