// The pages of patients and clinicians.

import assert from 'node:assert/strict';

import { DESKTOP, DEVICES, PHONE, follow, test } from './support/browser.mjs';
import { isForEverybody, printed } from './support/checks.mjs';
import {
  PASSWORD, PASSWORD_OF_THE_DEMO, api, logCramp, register, share, signInAs,
} from './support/people.mjs';
import { server } from './support/server.mjs';
import { totp } from './support/totp.mjs';

const heading = (page) => page.getByRole('heading', { level: 1 });
const alert = (page) => page.getByRole('alert');
const press = (page, name) => follow(page, () => page.getByRole('button', { name, exact: true }).click());
const go = (page, name) => follow(page, () => page.getByRole('link', { name, exact: true }).click());
const open = async (page, path) => (await page.goto(server.origin + path)).status();
const daysAgo = (days) => new Date(Date.now() - days * 86_400_000).toISOString().slice(0, 10);
const MONTHS = 'Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec'.split(' ');
const inWords = (date) => `${Number(date.slice(8))} ${MONTHS[date.slice(5, 7) - 1]} ${date.slice(0, 4)}`;

/** Fills in the page on which one signs in. */
async function credentials(page, email, password = PASSWORD, code = '') {
  await page.getByLabel('E-mail').fill(email);
  await page.getByLabel('Password').fill(password);
  await page.getByLabel('Code of your second factor').fill(code);
}

async function signedIn(page, email, password) {
  await open(page, '/sign-in');
  await credentials(page, email, password);
  assert.equal(await press(page, 'Sign in'), 200);
  return page;
}

/** A patient with three cramps at night and a note. */
async function patient(email, name) {
  const token = await register({ email, display_name: name, time_zone: 'Europe/Berlin' });
  await api('PATCH', '/v1/diaries/me', { display_name: name }, token);
  for (const days of [2, 3, 5]) {
    await logCramp(token, { started_at: `${daysAgo(days)}T02:10:00Z`, intensity: 7, note: 'after the wine' });
  }
  return token;
}

test('a patient shares with a clinician, sees the look, and ends it', async (browser) => {
  await patient('kim@example.org', 'Kim Larsen');
  const okafor = { email: 'amara@example.org', kind: 'clinician', display_name: 'Dr. Amara Okafor' };
  await register(okafor);
  const desk = await signedIn(await browser.page(DESKTOP), okafor.email);
  await go(desk, 'Set up a second factor');
  await desk.getByLabel('Password').fill(PASSWORD);
  assert.equal(await press(desk, 'Set up a second factor'), 200);
  await isForEverybody(desk, 'second-factor-set-up');
  const secret = (await desk.locator('.code').innerText()).replaceAll(' ', '');
  await desk.getByLabel('Code of your app').fill(totp(secret));
  assert.equal(await press(desk, 'Turn it on'), 200);
  assert.equal(await desk.locator('.codes li').count(), 10);
  await isForEverybody(desk, 'recovery-codes');
  assert.equal(await press(desk, 'Sign out'), 200);

  const phone = await signedIn(await browser.page(PHONE), 'kim@example.org');
  assert.equal(await heading(phone).innerText(), 'My diary');
  await go(phone, 'Sharing');
  assert.ok(await phone.getByText('Nobody but you.').isVisible());
  await go(phone, 'Share with somebody');
  await phone.getByLabel('For whom, in your words').fill('Dr. Okafor');
  assert.equal(await press(phone, 'I agree: make the code'), 200);
  const link = await phone.locator('.address').getAttribute('href');
  assert.match(await phone.locator('#code').innerText(), /^(?:[A-HJ-NP-Z2-9]{4}-?){3}$/);
  assert.ok(await phone.getByRole('img', { name: 'QR code' }).isVisible());

  await desk.goto(link);
  await credentials(desk, okafor.email);
  assert.equal(await press(desk, 'Sign in'), 401);
  assert.match(await alert(desk).innerText(), /second factor/);
  // The present code turned the second factor on; the next one is as good.
  await credentials(desk, okafor.email, PASSWORD, totp(secret, 1));
  assert.equal(await press(desk, 'Sign in'), 200);
  assert.equal(await press(desk, 'Redeem'), 200);
  assert.equal(await heading(desk).innerText(), 'Kim Larsen');
  const diary = desk.url();
  assert.ok(await desk.getByRole('rowheader', { name: inWords(daysAgo(2)) }).isVisible());
  assert.equal(await desk.getByText('after the wine').count(), 0);
  await go(desk, 'Patients');
  assert.ok(await desk.getByRole('row', { name: /Kim Larsen not reviewed/ }).isVisible());
  await go(desk, 'Kim Larsen');
  await go(desk, 'Report');
  const [sheet] = await printed(desk);
  assert.match(sheet, /Kim Larsen/);
  assert.match(sheet, /3 cramps/);
  const pdf = await desk.request.get(`${diary}/report?format=pdf`);
  assert.equal(pdf.headers()['content-type'], 'application/pdf');
  await desk.goto(diary);
  assert.equal(await press(desk, /^Mark as reviewed/), 200);
  assert.ok(await desk.getByText(/^You have reviewed everything up to/).isVisible());

  await go(phone, 'Who looked');
  const looks = phone.locator('details', { hasText: 'Dr. Amara Okafor' });
  await looks.locator('summary').click();
  const look = (did) => looks.getByRole('row', { name: new RegExp(did) }).first();
  for (const did of ['Looked at the log', 'Opened the report', 'Said that they have read it']) {
    assert.ok(await look(did).isVisible(), did);
  }
  await go(phone, 'Sharing');
  assert.ok(await phone.getByText(/^Last looked/).isVisible());
  await phone.locator('summary', { hasText: 'End: Dr. Amara Okafor' }).click();
  assert.equal(await press(phone, 'Yes, end it now'), 200);
  assert.ok(await phone.getByText('It is ended.').isVisible());
  assert.ok(await phone.getByText('Nobody but you.').isVisible());

  assert.equal((await desk.reload()).status(), 404);
  assert.equal(await heading(desk).innerText(), 'There is nothing here');
  await open(desk, '/clinic');
  assert.ok(await desk.getByText('Nobody shares a diary with you yet.').isVisible());
});

test('a patient takes everything along', async (browser) => {
  await patient('ines@example.org', 'Inês');
  const page = await signedIn(await browser.page(PHONE), 'ines@example.org');
  for (const [link, name] of [
    ['Download everything', /^cramp-diary-.*\.json$/],
    ['Download tables', /^cramp-diary-.*\.zip$/],
  ]) {
    const [file] = await Promise.all([
      page.waitForEvent('download'), page.getByRole('link', { name: link }).click(),
    ]);
    assert.match(file.suggestedFilename(), name);
  }
});

test('nobody needs JavaScript or a mouse', async (browser) => {
  const token = await patient('lee@example.org', 'Lee');
  await register({ email: 'nurse@example.org', kind: 'clinician' });
  const { code } = await api('POST', '/v1/diaries/me/invitations', { role: 'viewer' }, token);
  const page = await browser.page(DESKTOP, { javaScriptEnabled: false });
  const keys = page.keyboard;
  const enter = () => follow(page, () => keys.press('Enter'));
  const type = async (text) => {
    await keys.press('Tab');
    await keys.type(text);
  };
  await open(page, '/clinic/redeem');
  await type('nurse@example.org');
  await type(PASSWORD);
  assert.equal(await enter(), 200);
  const reach = async (what) => {
    for (let tabs = 0; tabs < 30 && !(await what.and(page.locator(':focus')).count()); tabs += 1) await keys.press('Tab');
  };
  await reach(page.getByLabel('Code'));
  await keys.press('ControlOrMeta+a');
  await keys.type(code.toLowerCase().replaceAll('-', ' '));
  assert.equal(await enter(), 200);
  assert.equal(await heading(page).innerText(), 'Lee');
  await reach(page.getByRole('button', { name: /^Mark as reviewed/ }));
  assert.equal(await enter(), 200);
  assert.ok(await page.getByText(/^You have reviewed everything up to/).isVisible());
});

test('a link from elsewhere leads to the page of who is signed in', async (browser) => {
  await patient('noor@example.org', 'Noor');
  const page = await signedIn(await browser.page(DESKTOP), 'noor@example.org');
  await page.goto('about:blank');
  await page.setContent(`<a href="${server.origin}/me/sharing">Sharing</a>`);
  await page.getByRole('link').click();
  await page.waitForURL('**/me/sharing');
  await page.getByRole('heading', { level: 1, name: 'Sharing' }).waitFor();
});

test('who signs out leaves nothing behind', async (browser) => {
  await patient('ana@example.org', 'Ana');
  const page = await signedIn(await browser.page(DESKTOP), 'ana@example.org');
  assert.equal(await press(page, 'Sign out'), 200);
  await page.goBack();
  await page.reload();
  assert.equal(await heading(page).innerText(), 'Sign in');
});

for (const device of DEVICES) {
  const { name } = device;

  test(`the pages of clinicians are for everybody: ${name}`, async (browser) => {
    const email = `clinic-${name}@example.org`;
    const clinician = await register({ email, kind: 'clinician', display_name: 'Dr. Amara Okafor' });
    await share(await signInAs('margarete'), clinician, { include_notes: true });
    await share(await patient(`pat-${name}@example.org`, 'Kim Larsen'), clinician);
    const page = await browser.page(device);
    await open(page, '/clinic');
    await isForEverybody(page, `sign-in-${name}`);
    await credentials(page, email, 'something else');
    assert.equal(await press(page, 'Sign in'), 401);
    await isForEverybody(page, `sign-in-again-${name}`);
    await credentials(page, email);
    assert.equal(await press(page, 'Sign in'), 200);
    await isForEverybody(page, `patients-${name}`);
    await go(page, 'Margarete Lindner');
    await isForEverybody(page, `patient-${name}`);
    await page.getByRole('combobox', { name: 'Time of day' }).selectOption('evening');
    assert.equal(await press(page, 'Filter the log'), 200);
    await isForEverybody(page, `patient-filtered-${name}`);
    await open(page, '/clinic/redeem');
    await page.getByLabel('Code').fill('ABCD-EFGH-JKLM');
    assert.equal(await press(page, 'Redeem'), 422);
    await isForEverybody(page, `redeem-${name}`);
    assert.equal(await open(page, '/clinic/patients/nobody'), 404);
  });

  test(`the pages of patients are for everybody: ${name}`, async (browser) => {
    const margarete = await signInAs('margarete');
    const okafor = { email: `looks-${name}@example.org`, kind: 'clinician', display_name: 'Dr. Amara Okafor' };
    await share(margarete, await register(okafor), { label: 'vein clinic' });
    const page = await signedIn(await browser.page(device), 'margarete@example.org', PASSWORD_OF_THE_DEMO);
    await isForEverybody(page, `diary-${name}`);
    await open(page, '/me/sharing/invite');
    await isForEverybody(page, `invite-${name}`);
    await press(page, 'I agree: make the code');
    await isForEverybody(page, `code-${name}`);
    await open(page, '/me/sharing/link');
    await page.getByLabel('The report begins on').fill('2999-01-01');
    assert.equal(await press(page, 'I agree: make the link'), 422);
    await isForEverybody(page, `link-refused-${name}`);
    await page.getByLabel('The report begins on').fill('');
    assert.equal(await press(page, 'I agree: make the link'), 200);
    await isForEverybody(page, `link-made-${name}`);
    for (const place of ['sharing', 'sharing/consents', 'access-log']) {
      await open(page, `/me/${place}`);
      await isForEverybody(page, `${place.replace('/', '-')}-${name}`);
    }
  });
}

test('on a desk the nights and the treatments are seen without scrolling', async (browser) => {
  const height = 800;
  const page = await browser.page({ ...DESKTOP, viewport: { width: 1280, height } });
  await signedIn(page, 'okafor@example.org', PASSWORD_OF_THE_DEMO);
  await go(page, 'Margarete Lindner');
  const isSeen = async (name, part) => {
    const card = page.getByRole('region', { name, exact: true });
    const { y: top } = await card.boundingBox();
    const last = await card.locator('svg:visible, table:visible').last().boundingBox();
    const seen = (height - top) / (last.y + last.height - top);
    assert.ok(seen >= part, `of "${name}" ${Math.round(seen * 100)} % are seen`);
  };
  for (const [span, part] of [['3 months', 0.8], ['4 weeks', 1]]) {
    await go(page, span);
    for (const name of ['Night by night', 'Treatments']) await isSeen(name, part);
  }
});

test('German words, which are longer, fit on a phone', async (browser) => {
  const page = await browser.page(PHONE, { locale: 'de-DE' });
  await open(page, '/sign-in');
  await page.getByLabel('E-Mail').fill('margarete@example.org');
  await page.getByLabel('Passwort').fill(PASSWORD_OF_THE_DEMO);
  assert.equal(await press(page, 'Anmelden'), 200);
  for (const path of ['/me', '/me/sharing', '/me/sharing/invite', '/me/sharing/link', '/me/access-log', '/clinic']) {
    await open(page, path);
    await isForEverybody(page, `german${path.replaceAll('/', '-')}`);
  }
});
