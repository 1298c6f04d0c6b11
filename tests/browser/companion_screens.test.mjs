// Every screen of the companion is for everybody: in both themes and languages, on a small phone, empty, full, offline, failed.

import assert from 'node:assert/strict';

import { DESKTOP, PHONE, test } from './support/browser.mjs';
import { isForEverybody } from './support/checks.mjs';
import { heading, keepsTheApp, opened, person, press, settled, show, signedIn } from './support/companion.mjs';
import { PASSWORD_OF_THE_DEMO, api, logCramp, register, signInAs } from './support/people.mjs';
import { server } from './support/server.mjs';

const OUTSIDE = ['/welcome', '/register', '/sign-in', '/forgotten', '/appearance'];
const INSIDE = [
  '/',
  '/earlier',
  '/diary',
  '/going',
  '/nights/14',
  '/nights/28',
  '/nights/90',
  '/report',
  '/share',
  '/share/new',
  '/looks',
  '/redeem',
  '/diaries',
  '/more',
  '/treatments',
  '/treatments/new',
  '/settings',
  '/devices',
  '/export',
  '/import',
  '/unsent',
  '/sign-out',
  '/erase',
  '/about',
  '/nowhere',
];
const LOOKS = [
  { theme: 'light', locale: 'en-GB' },
  { theme: 'dark', locale: 'en-GB' },
  { theme: 'light', locale: 'de-DE' },
  { theme: 'dark', locale: 'de-DE' },
];
const SMALLEST_TARGET = 44;

/** All that can be tapped is large enough; a link within a sentence is as large as the sentence. */
async function isLargeEnough(page, name) {
  const small = await page.evaluate(
    (least) =>
      [...document.querySelectorAll('button, a, summary, select, input')]
        .filter((target) => target.checkVisibility() && !target.closest('.unseen') && target.type !== 'checkbox')
        .map((target) => ({ words: target.innerText || target.id, box: target.getBoundingClientRect() }))
        .filter(({ box }) => box.height < least || box.width < least)
        .map(({ words, box }) => `${words}: ${Math.round(box.width)} × ${Math.round(box.height)}`),
    SMALLEST_TARGET,
  );
  assert.deepEqual(small, [], `${name} has targets that are too small`);
}

async function look(page, path, name) {
  await show(page, path);
  await page.waitForFunction(
    () =>
      document.querySelector('h1') &&
      ![...document.querySelectorAll('[role="status"]')].some((said) =>
        /^(?:One moment|Einen Moment|The report is|Der Bericht ist)/.test(said.innerText),
      ),
  );
  await isForEverybody(page, `companion-${name}`);
  await isLargeEnough(page, name);
}

const chosen = (theme) => (page) =>
  page.context().addInitScript((worn) => localStorage.setItem('look.theme', worn), theme);
const named = (path, { theme, locale }, what) => `${what}${path.replaceAll('/', '-')}-${locale.slice(0, 2)}-${theme}`;

for (const wear of LOOKS) {
  test(`everything before signing in is for everybody, ${wear.theme}, ${wear.locale}`, async (browser) => {
    const page = await opened(browser, PHONE, { locale: wear.locale });
    await chosen(wear.theme)(page);
    await page.reload();
    for (const path of OUTSIDE) await look(page, path, named(path, wear, 'outside'));
  });

  test(`every screen of a full diary is for everybody, ${wear.theme}, ${wear.locale}`, async (browser) => {
    const page = await signedIn(browser, 'margarete@example.org', {
      password: PASSWORD_OF_THE_DEMO,
      locale: wear.locale,
    });
    await chosen(wear.theme)(page);
    await page.reload();
    const token = await signInAs('margarete');
    const {
      items: [cramp],
    } = await api('GET', '/v1/diaries/me/episodes?limit=1', null, token);
    const {
      items: [treatment],
    } = await api('GET', '/v1/diaries/me/treatments', null, token);
    const single = [
      `/cramp/${cramp.id}`,
      `/cramp/${cramp.id}/bed`,
      `/cramp/${cramp.id}/versions`,
      `/soreness/${cramp.id}/${cramp.local_date}`,
      `/check-in/${cramp.local_date}`,
      `/treatments/${treatment.id}`,
    ];
    for (const path of INSIDE) await look(page, path, named(path, wear, 'full'));
    for (const [n, path] of single.entries()) await look(page, path, named(`/${n}`, wear, 'single'));
  });

  test(`every screen of an empty diary is for everybody, ${wear.theme}, ${wear.locale}`, async (browser) => {
    const { page } = await person(browser, `empty-${wear.theme}-${wear.locale}@example.org`, { locale: wear.locale });
    await chosen(wear.theme)(page);
    await page.reload();
    for (const path of ['/', '/diary', '/going', '/nights/14', '/treatments', '/share', '/looks'])
      await look(page, path, named(path, wear, 'empty'));
  });
}

test('the cramp screen, the questions and the dark are for everybody', async (browser) => {
  const { page } = await person(browser, 'moments@example.org');
  await page.clock.setFixedTime(new Date('2026-11-20T02:12:00Z'));
  await page.reload();
  await press(page, 'Cramp now');
  await page.getByRole('timer').waitFor();
  await isForEverybody(page, 'companion-cramp');
  await isLargeEnough(page, 'the cramp screen');
  await press(page, 'I was asleep');
  await press(page, 'It let go');
  await page.locator('.bed').waitFor();
  await isForEverybody(page, 'companion-bed');
  await press(page, 'Good night');
  await page.locator('.lights-out').waitFor();
  await isForEverybody(page, 'companion-lights-out');
});

test('without a network each screen says what it can and what it can’t', async (browser) => {
  const { page, token } = await person(browser, 'no-network@example.org');
  await logCramp(token, { started_at: new Date(Date.now() - 3_600_000).toISOString() });
  await keepsTheApp(page);
  await settled(page);
  await page.context().setOffline(true);
  const words = {
    '/': 'No network. Everything you note is kept on this phone.',
    '/share': 'Sharing needs a network.',
    '/share/new': 'Sharing needs a network.',
    '/looks': 'This needs a network',
    '/devices': 'This needs a network',
    '/export': 'This needs a network',
    '/import': 'This needs a network',
    '/redeem': 'This needs a network',
    '/erase': 'This needs a network',
    '/report': 'There is no report on this phone yet',
  };
  for (const [path, said] of Object.entries(words)) {
    await show(page, path);
    await page.getByText(said).first().waitFor();
    await isForEverybody(page, `companion-offline${path.replaceAll('/', '-')}`);
  }
});

test('what fails is said, and can be tried again', async (browser) => {
  browser.expects(/answered with 500/);
  const { page } = await person(browser, 'fails@example.org');
  let fails = true;
  await page.route('**/access-log*', (route) =>
    fails ? route.fulfill({ status: 500, contentType: 'text/plain', body: 'no' }) : route.continue(),
  );
  await show(page, '/looks');
  await page.getByText('That did not work.').waitFor();
  await isForEverybody(page, 'companion-failed');
  fails = false;
  await press(page, 'Try again');
  await page.getByText('Nobody has looked yet.').waitFor();
});

test('on a desk nothing is wider than it should be', async (browser) => {
  const page = await signedIn(browser, 'tiago@example.org', { device: DESKTOP, password: PASSWORD_OF_THE_DEMO });
  for (const path of ['/', '/diary', '/going', '/nights/90', '/more']) {
    await show(page, path);
    await isForEverybody(page, `companion-desk${path.replaceAll('/', '-')}`);
    const { width } = await page.locator('main').boundingBox();
    assert.ok(width <= 720);
  }
});

test('a clinician who comes here is shown the way', async (browser) => {
  await register({ email: 'lost@example.org', kind: 'clinician', display_name: 'Dr. Lost' });
  const page = await opened(browser);
  await show(page, '/sign-in');
  await page.locator('#email').fill('lost@example.org');
  await page.locator('#password').fill('seven quiet herons at dusk');
  await press(page, 'Sign in');
  await page.getByRole('link', { name: 'To the clinician’s pages' }).waitFor();
  assert.equal(await heading(page).innerText(), 'Whose diary?');
  await isForEverybody(page, 'companion-clinician');
});

test('a diary of ten years opens at once, and is drawn a part at a time', async (browser) => {
  const { page, token } = await person(browser, 'long@example.org');
  const changes = Array.from({ length: 3000 }, (_, n) => ({
    table: 'episodes',
    id: `long-${n}`,
    op: 'put',
    row: { started_at: new Date(Date.now() - (n + 1) * 86_400_000).toISOString(), intensity: n % 11 },
  }));
  for (let n = 0; n < changes.length; n += 500)
    await api('POST', '/v1/diaries/me/changes', { changes: changes.slice(n, n + 500) }, token);
  await page.reload();
  await show(page, '/diary');
  await page.locator('.day').nth(30).waitFor();
  assert.ok((await page.locator('.day').count()) < 100);
  const began = Date.now();
  await press(page, 'Show earlier days');
  await page.locator('.day').nth(100).waitFor();
  assert.ok(Date.now() - began < 1500, 'more days come at once');
  assert.equal(new URL(page.url()).origin, server.origin);
});
