// The companion in the waiting room: letting somebody in, a carer who writes, the report.

import assert from 'node:assert/strict';

import { test } from './support/browser.mjs';
import { keepsTheApp, notice, person, press, show, until } from './support/companion.mjs';
import { PASSWORD, api, logCramp } from './support/people.mjs';

const cramps = async (token) => (await api('GET', '/v1/diaries/me/episodes', null, token)).items;
const ago = (hours) => new Date(Date.now() - hours * 3_600_000).toISOString();

test('a carer writes in a diary that nobody takes for their own, until its owner ends it', async (browser) => {
  // When the access has ended, the carer's phone hears it.
  browser.expects(/answered with 404/);
  const { page: owner, token } = await person(browser, 'owner@example.org');
  await api('PATCH', '/v1/diaries/me', { display_name: 'Kim' }, token);
  await show(owner, '/share/new');
  await owner.getByLabel('For whom').fill('Robin');
  await press(owner, 'read and write: a carer');
  await owner.getByText('to write in it for me').waitFor();
  await press(owner, 'I agree: make the code');
  await owner.getByRole('img', { name: 'QR code' }).waitFor();
  const code = await owner.locator('.the-code').innerText();

  const { page: carer } = await person(browser, 'carer@example.org');
  await show(carer, '/redeem');
  await carer.getByLabel('Code').fill(code);
  await press(carer, 'Open the diary');
  await carer.getByRole('banner').getByText('Diary of Kim').waitFor();
  assert.match(await carer.getByRole('banner').getAttribute('class'), /\bothers\b/);
  await press(carer, 'just now');
  await carer.locator('.bed').waitFor();
  await until(
    () => cramps(token),
    (rows) => rows.length === 1,
  );

  await show(owner, '/looks');
  await owner.locator('summary', { hasText: 'wrote' }).waitFor();
  await show(owner, '/share');
  await press(owner, 'End access: Kim Larsen');
  await owner.getByRole('dialog').getByRole('button', { name: 'End access' }).click();
  await notice(owner).getByText('Ended. Kim Larsen does not see your diary any more.').waitFor();
  await owner.getByText('Nobody but you.').waitFor();
});

test('what is shared wants the password again when signing in was long ago', async (browser) => {
  browser.expects(/answered with 401/);
  const { page } = await person(browser, 'proof@example.org');
  let asked = 0;
  await page.route('**/invitations', async (route) => {
    if (route.request().method() !== 'POST' || asked++ > 0) return route.continue();
    const problem = {
      type: '/problems/step_up_required',
      title: '',
      status: 401,
      detail: '',
      code: 'step_up_required',
      request_id: '',
    };
    return route.fulfill({ status: 401, contentType: 'application/problem+json', body: JSON.stringify(problem) });
  });
  await show(page, '/share/new');
  await page.getByText('read my cramp diary').waitFor();
  await press(page, 'I agree: make the code');
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Password').fill('not the right one at all');
  browser.expects(/step-up is answered with 422/);
  await dialog.getByRole('button', { name: 'Go on' }).click();
  await dialog.getByText('The password is not right.').waitFor();
  await dialog.getByLabel('Password').fill(PASSWORD);
  await dialog.getByRole('button', { name: 'Go on' }).click();
  await page.getByRole('img', { name: 'QR code' }).waitFor();
});

test('the report opens in the waiting room without a network, when it was fetched before', async (browser) => {
  const { page, token } = await person(browser, 'waiting@example.org');
  await logCramp(token, { started_at: ago(30), intensity: 6 });
  await keepsTheApp(page);
  await show(page, '/report');
  const link = page.getByRole('link', { name: 'Open the report' });
  await link.waitFor();
  await page.context().setOffline(true);
  const [report] = await Promise.all([page.context().waitForEvent('page'), link.click()]);
  await report.getByRole('heading', { level: 1 }).waitFor();
  assert.match(await report.locator('body').innerText(), /cramp/i);
});
