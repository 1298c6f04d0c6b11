// A link to the report, for a visit without an account.

import assert from 'node:assert/strict';

import { DESKTOP, DEVICES, PHONE, follow, test } from './support/browser.mjs';
import { isForEverybody, printed, sheets, smallestPrinted } from './support/checks.mjs';
import { api, logCramp, register, signInAs } from './support/people.mjs';
import { server } from './support/server.mjs';

const PASSCODE = '47 11';
const WRONG = '0000';
const LINKS = '/v1/diaries/me/report-links';

/** A patient with a cramp, and a link to what is known of it. */
async function patientWithLink(terms = {}) {
  const patient = await register({ display_name: 'Kim Larsen' });
  await logCramp(patient, { started_at: '2026-03-02T02:10:00Z', intensity: 7, note: 'after the wine' });
  const link = await makeLink(patient, { from: '2026-03-01', to: '2026-03-31', ...terms });
  return { patient, link };
}

function makeLink(patient, terms) {
  return api('POST', LINKS, { passcode: PASSCODE, ...terms }, patient);
}

const passcode = (page) => page.getByLabel('Passcode');
const alert = (page) => page.getByRole('alert');
const heading = (page) => page.getByRole('heading', { level: 1 });

/** Types a passcode and presses Enter; answers with the status. */
async function tries(page, typed) {
  await passcode(page).fill(typed);
  return follow(page, () => passcode(page).press('Enter'));
}

test('somebody who opens a link on a phone learns nothing of the diary before the passcode', async (browser) => {
  const { link } = await patientWithLink();
  const page = await browser.page(PHONE);
  assert.equal((await page.goto(link.url)).status(), 200);
  assert.equal(await heading(page).innerText(), 'Report of a cramp diary');
  const source = await page.content();
  for (const secret of ['Kim', 'Larsen', '2026', 'March', 'wine']) assert.ok(!source.includes(secret), secret);
});

test('somebody with a keyboard is told of a wrong passcode, and opens with the right one', async (browser) => {
  const { link } = await patientWithLink();
  const page = await browser.page(DESKTOP);
  await page.goto(link.url);
  await page.keyboard.press('Tab');
  await page.keyboard.type(WRONG);
  assert.equal(await follow(page, () => page.keyboard.press('Enter')), 403);

  assert.equal(await alert(page).innerText(), 'This is not the passcode.');
  const field = passcode(page);
  assert.equal(await field.getAttribute('aria-describedby'), await alert(page).getAttribute('id'));
  assert.equal(await field.getAttribute('aria-invalid'), 'true');
  assert.equal(await field.inputValue(), '');
  assert.ok(await field.evaluate((input) => input === document.activeElement), 'the field is where one types on');

  await page.keyboard.type(PASSCODE);
  assert.equal(await follow(page, () => page.keyboard.press('Enter')), 200);
  assert.equal(await heading(page).innerText(), 'Leg cramps: what the diary says');
  assert.match(await page.content(), /2 Mar 2026/);
  assert.ok(!(await page.content()).includes('wine'), 'the patient did not say that notes are shown');
});

test('a link without a passcode opens with one click', async (browser) => {
  const { link } = await patientWithLink({ passcode: null });
  const page = await browser.page(PHONE);
  await page.goto(link.url);
  assert.equal(await passcode(page).count(), 0);
  assert.equal(await follow(page, () => page.getByRole('button', { name: 'Open the report' }).tap()), 200);
  assert.match(await page.content(), /2 Mar 2026/);
});

test('the nights and the treatments of a quarter are on the first sheet that is printed, in letters to read', async (browser) => {
  const link = await makeLink(await signInAs('margarete'), {});
  const page = await browser.page(DESKTOP);
  await page.goto(link.url);
  assert.equal(await tries(page, PASSCODE), 200);
  const [first, answers, log, ...more] = await printed(page);
  for (const said of [/Worth asking about/, /^Night by night/m, /^Treatments/m]) assert.match(first, said);
  assert.match(answers, /the diary's zone is\s+Europe\/Berlin\.\s*$/, 'the second sheet does not end with the notes');
  assert.match(log, /^The log/);
  assert.equal(more.length, 0);
  assert.ok(await smallestPrinted(page) >= 8);
});

test('the report opens as a PDF', async (browser) => {
  const { link } = await patientWithLink();
  const page = await browser.page(DESKTOP);
  await page.goto(link.url);
  await passcode(page).fill(PASSCODE);
  await Promise.all([
    page.waitForResponse((answer) => answer.headers()['content-type'] === 'application/pdf'),
    page.getByRole('button', { name: 'Open as PDF' }).click(),
  ]);
  // The browser shows it in a viewer of its own; what it is, is in the answer.
  const answer = await page.request.post(link.url, { form: { passcode: PASSCODE, format: 'pdf' } });
  assert.match(sheets(await answer.body())[0], /^Leg cramps: what the diary says/);
});

test('the patient finds each opening, and after the end of the link there is nothing', async (browser) => {
  const { patient, link } = await patientWithLink();
  const page = await browser.page(PHONE);
  const opened = async () => (await api('GET', LINKS, null, patient)).items[0].times_opened;
  const log = async () => (await api('GET', '/v1/diaries/me/access-log?each=true', null, patient)).items;

  await page.goto(link.url);
  assert.equal(await tries(page, WRONG), 403);
  assert.equal(await opened(), 0);
  assert.deepEqual((await log()).map((look) => look.outcome), ['denied']);
  assert.equal(await tries(page, PASSCODE), 200);
  assert.equal(await opened(), 1);
  const looks = await log();
  assert.deepEqual(looks.map((look) => look.outcome), ['done', 'denied']);
  for (const look of looks) {
    assert.deepEqual([look.role, look.what, look.consent_id], ['report_link', 'getReport', link.id]);
  }

  await api('DELETE', `${LINKS}/${link.id}`, null, patient);
  assert.equal((await page.goto(link.url)).status(), 404);
  assert.equal(await heading(page).innerText(), 'There is nothing here');
});

test('nobody needs JavaScript', async (browser) => {
  const { link } = await patientWithLink();
  const page = await browser.page(PHONE, { javaScriptEnabled: false });
  await page.goto(link.url);
  assert.equal(await tries(page, WRONG), 403);
  assert.equal(await alert(page).innerText(), 'This is not the passcode.');
  assert.equal(await tries(page, PASSCODE), 200);
  assert.match(await page.content(), /2 Mar 2026/);
});

test('the report is for everybody in German too, whose words are longer', async (browser) => {
  const link = await makeLink(await signInAs('margarete'), { language: 'de', passcode: null });
  const page = await browser.page(PHONE);
  await page.goto(link.url);
  assert.equal(await follow(page, () => page.getByRole('button', { name: 'Bericht' }).tap()), 200);
  await isForEverybody(page, 'report-german-phone');
});

for (const device of DEVICES) {
  test(`the way to the report is for everybody: ${device.name}`, async (browser) => {
    const link = await makeLink(await signInAs('margarete'), {});
    const page = await browser.page(device);
    await page.goto(link.url);
    await isForEverybody(page, `link-${device.name}`);
    assert.equal(await tries(page, WRONG), 403);
    await isForEverybody(page, `wrong-passcode-${device.name}`);
    assert.equal(await tries(page, PASSCODE), 200);
    await isForEverybody(page, `report-${device.name}`);
  });

  test(`a link that opens nothing says so to everybody: ${device.name}`, async (browser) => {
    const page = await browser.page(device);
    assert.equal((await page.goto(`${server.origin}/r/nonsense`)).status(), 404);
    await isForEverybody(page, `not-found-${device.name}`);
  });

  test(`who tried too often is told so: ${device.name}`, async (browser) => {
    const { link } = await patientWithLink();
    const page = await browser.page(device);
    await page.goto(link.url);
    const guess = () => page.request.post(link.url, { form: { passcode: WRONG } });
    await Promise.all(Array.from({ length: 10 }, guess));
    // The first wait is a second. Whoever is slower than that makes the next one longer.
    while ((await tries(page, WRONG)) !== 429);
    assert.equal(await heading(page).innerText(), 'Too many tries');
    await isForEverybody(page, `too-many-tries-${device.name}`);
    assert.equal(await follow(page, () => page.getByRole('link', { name: 'Try again' }).click()), 200);
    assert.equal(await passcode(page).count(), 1);
  });
}
