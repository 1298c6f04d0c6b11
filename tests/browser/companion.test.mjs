// The companion, as a person holds it: at three in the morning, without a network, on two phones.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';

import { DESKTOP, PHONE, test } from './support/browser.mjs';
import {
  heading,
  keepsTheApp,
  notice,
  opened,
  person,
  press,
  settled,
  show,
  signedIn,
  until,
} from './support/companion.mjs';
import { PASSWORD, api, logCramp } from './support/people.mjs';
import { server } from './support/server.mjs';

const cramps = async (token) => (await api('GET', '/v1/diaries/me/episodes', null, token)).items;
const round = (page) => page.getByRole('button', { name: 'Cramp now', exact: true });
const ago = (hours) => new Date(Date.now() - hours * 3_600_000).toISOString();

test('the app can be installed', async (browser) => {
  const page = await opened(browser);
  await heading(page).waitFor();
  const manifest = await (await page.request.get(`${server.origin}/app/manifest.webmanifest`)).json();
  assert.equal(manifest.name, 'Cramp diary');
  assert.deepEqual(
    [manifest.id, manifest.start_url, manifest.scope, manifest.display],
    ['/app', '/app', '/app', 'standalone'],
  );
  for (const { src, sizes, type } of manifest.icons) {
    const size = await page.evaluate(async (address) => {
      const image = new Image();
      image.src = address;
      await image.decode();
      return `${image.naturalWidth}x${image.naturalHeight}`;
    }, src);
    assert.ok(type === 'image/svg+xml' || size === sizes, `${src} is ${size}`);
  }
  assert.ok(manifest.icons.some(({ purpose }) => purpose === 'maskable'));
  await page.evaluate(() => navigator.serviceWorker.ready);
  const devtools = await page.context().newCDPSession(page);
  const { installabilityErrors: faults } = await devtools.send('Page.getInstallabilityErrors');
  // Windows of tests are private ones.
  assert.deepEqual(
    faults.map(({ errorId }) => errorId).filter((id) => id !== 'in-incognito'),
    [],
  );
});

test('the first load is small', async (browser) => {
  const page = await opened(browser, PHONE, { serviceWorkers: 'block' });
  browser.expects(/Service Worker registration blocked/);
  await page.getByRole('link', { name: 'Sign in' }).waitFor();
  const bytes = await page.evaluate(() =>
    [...performance.getEntriesByType('navigation'), ...performance.getEntriesByType('resource')].reduce(
      (sum, { encodedBodySize }) => sum + encodedBodySize,
      0,
    ),
  );
  assert.ok(bytes < 150_000, `${bytes} bytes`);
});

test('somebody opens an account, is told what is wrong at the field, and sees what to do', async (browser) => {
  browser.expects(/\/app\/account is answered with 422/);
  const page = await opened(browser);
  assert.equal(await heading(page).innerText(), 'Cramp diary');
  await page.getByRole('link', { name: 'Open an account' }).click();
  await press(page, 'Open the account');
  assert.equal(await page.locator('#email').getAttribute('aria-invalid'), 'true');
  await page.locator('#email').fill('new@example.org');
  await page.locator('#password').fill('short');
  await press(page, 'Open the account');
  await page.getByText('At least 12 characters, please.').waitFor();
  assert.equal(await page.locator('#email').inputValue(), 'new@example.org');
  await page.locator('#password').fill(PASSWORD);
  await press(page, 'Open the account');
  await page.getByText('When a cramp comes, tap the round button.').waitFor();
});

test('a wrong password is said in words, and so is that what is forgotten is not made good by mail where none is sent', async (browser) => {
  browser.expects(/answered with 401/, /answered with 501/);
  await person(browser, 'wrong@example.org');
  const page = await opened(browser);
  await show(page, '/sign-in');
  await page.locator('#email').fill('wrong@example.org');
  await page.locator('#password').fill('not the right one at all');
  await press(page, 'Sign in');
  await page.getByText('The e-mail or the password is not right.').waitFor();
  await page.getByRole('link', { name: 'Forgotten the password?' }).click();
  // The screen is fetched; the one before has a field of this name, too.
  await page.getByRole('button', { name: 'Send the mail' }).waitFor();
  await page.locator('#email').fill('wrong@example.org');
  await press(page, 'Send the mail');
  await page.getByText('This service sends no mail').waitFor();
});

test('from the first reload on a cramp takes one tap without a network, and closing the app loses nothing', async (browser) => {
  const { page, token } = await person(browser, 'offline@example.org');
  await keepsTheApp(page);
  await page.context().setOffline(true);
  await page.reload();
  const button = await round(page).boundingBox();
  assert.ok(button.width >= 160 && button.height >= 160, 'the round button is large');
  assert.ok(button.y + button.height / 2 > page.viewportSize().height / 2, 'the round button is in reach of the thumb');

  await round(page).click();
  await page.getByText('Pull your toes towards your shin. Hold.').waitFor();
  await page.reload();
  await page.getByRole('timer').waitFor();
  await show(page, '/');
  await page.getByRole('link', { name: 'Cramp is running' }).click();
  await press(page, 'Not yet');
  await page.getByText('Stand on it, your weight on the heel.').waitFor();
  await press(page, 'It let go');
  await press(page, '7');
  await press(page, 'left');
  await press(page, 'yes');
  await page.getByRole('button', { name: /^(?:Good night|Done)$/ }).click();
  await round(page).waitFor();
  await page.getByRole('link', { name: '1 on this phone, not yet sent' }).waitFor();

  await page.context().setOffline(false);
  await settled(page);
  const [cramp] = await until(
    () => cramps(token),
    (items) => items.length === 1,
  );
  const { intensity, sites, interrupted_sleep: woke, relief, duration_seconds: seconds, time_zone: zone } = cramp;
  assert.deepEqual([intensity, sites, woke, zone], [7, [{ part: 'calf', side: 'left' }], true, 'Europe/Berlin']);
  assert.deepEqual(
    relief.map(({ measure }) => measure),
    ['stretching', 'standing'],
  );
  assert.ok(seconds >= 0 && seconds < 60);
});

test('a slip is taken back within a minute, and leaves nothing', async (browser) => {
  const { page, token } = await person(browser, 'slip@example.org');
  await page.context().setOffline(true);
  await press(page, '15 min');
  await page.locator('.bed').waitFor();
  await notice(page).getByRole('button', { name: 'Undo' }).click();
  await page.getByText('When a cramp comes').waitFor();
  await page.context().setOffline(false);
  await settled(page);
  assert.deepEqual(await cramps(token), []);
});

test('the icon has a way to log at once', async (browser) => {
  const { page, token } = await person(browser, 'shortcut@example.org');
  await page.goto('about:blank');
  await page.goto(`${server.origin}/app#/cramp-now`);
  await page.getByRole('timer').waitFor();
  await page.reload();
  await page.getByRole('timer').waitFor();
  await until(
    () => cramps(token),
    (items) => items.length === 1,
  );
});

test('a cramp that is tapped before anybody is signed in is not lost', async (browser) => {
  await person(browser, 'tapped@example.org');
  const page = await opened(browser);
  await page.evaluate(() => (location.hash = '/cramp-now'));
  await page.getByText(/^Your cramp of .* is remembered/).waitFor();
  await page.getByRole('link', { name: 'Sign in' }).click();
  await page.locator('#email').fill('tapped@example.org');
  await page.locator('#password').fill(PASSWORD);
  await press(page, 'Sign in');
  await page.locator('.bed').waitFor();
});

test('at night it is dark before anything is drawn, whatever the phone prefers', async (browser) => {
  const { page } = await person(browser, 'dark@example.org');
  const at = (time) => page.clock.setFixedTime(new Date(time));
  const ground = () => page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor);
  await at('2026-11-20T02:12:00Z');
  await page.goto(`${server.origin}/app`, { waitUntil: 'commit' });
  await page.locator('.round').waitFor();
  assert.equal(await ground(), 'rgb(18, 14, 10)');
  await at('2026-11-20T12:00:00Z');
  await page.reload();
  assert.equal(await ground(), 'rgb(243, 245, 248)');
});

test('the hour that comes twice gives two cramps, and a trip moves none', async (browser) => {
  const { page, token } = await person(browser, 'clock@example.org');
  for (const instant of ['2026-10-25T00:30:00Z', '2026-10-25T01:30:00Z']) {
    await page.clock.setFixedTime(new Date(instant));
    await show(page, '/');
    await press(page, 'just now');
    await page.locator('.bed').waitFor();
    await show(page, '/');
  }
  const both = await until(
    () => cramps(token),
    (items) => items.length === 2,
  );
  assert.deepEqual(
    both.map(({ local_time: time }) => time),
    ['02:30', '02:30'],
  );
  assert.deepEqual(
    both.map(({ started_at: start }) => start),
    ['2026-10-25T02:30:00+01:00', '2026-10-25T02:30:00+02:00'],
  );

  const abroad = await signedIn(browser, 'clock@example.org', { timezoneId: 'America/New_York' });
  await show(abroad, '/diary');
  await abroad.locator('.day .at').first().waitFor();
  assert.deepEqual(await abroad.locator('.day .at').allInnerTexts(), ['02:30', '02:30']);
  await show(abroad, '/');
  await press(abroad, 'just now');
  const [last] = await until(
    () => cramps(token),
    (items) => items.length === 3,
  );
  assert.equal(last.time_zone, 'America/New_York');
});

test('two phones without a network meet, and where they differ the person chooses', async (browser) => {
  const { page: one, token } = await person(browser, 'two@example.org');
  const cramp = await logCramp(token, { started_at: ago(3), intensity: 3 });
  const other = await signedIn(browser, 'two@example.org');
  for (const page of [one, other]) {
    await show(page, `/cramp/${cramp.id}`);
    await page.locator('.scale').first().waitFor();
    await page.context().setOffline(true);
  }
  await one.getByRole('group', { name: 'How bad was it?' }).getByRole('button', { name: '8', exact: true }).click();
  await other.getByRole('group', { name: 'How bad was it?' }).getByRole('button', { name: '5', exact: true }).click();
  await other.getByRole('button', { name: 'asleep', exact: true }).click();
  await one.context().setOffline(false);
  await until(
    () => cramps(token),
    ([row]) => row.intensity === 8,
  );
  await other.context().setOffline(false);

  await show(other, '/');
  await other.getByRole('heading', { name: /^Two versions: the cramp of/ }).waitFor();
  // What nobody else wrote is there already.
  await until(
    () => cramps(token),
    ([row]) => row.context === 'asleep' && row.intensity === 8,
  );
  // Until then nothing says that all is sent, and signing out would lose something.
  await show(other, '/unsent');
  await other.getByText('1 entry with two versions', { exact: false }).waitFor();
  assert.equal(await other.getByText('Everything is sent.').count(), 0);
  await show(other, '/sign-out');
  await press(other, 'Sign out and lose it');
  await other.getByRole('dialog').getByText('1 entry has two versions.', { exact: false }).waitFor();
  await other.keyboard.press('Escape');
  await show(other, '/diary');
  await other.getByRole('link', { name: 'Two versions: see both' }).waitFor();
  await show(other, `/cramp/${cramp.id}`);
  await other.getByRole('link', { name: 'See both' }).click();
  await other.getByRole('heading', { name: 'Which one is right?' }).waitFor();
  assert.deepEqual(await other.locator('.facts dd').allInnerTexts(), ['5', '8']);
  await press(other, 'Keep this one: As on this phone');
  await until(
    () => cramps(token),
    ([row]) => row.intensity === 5 && row.context === 'asleep',
  );
  await show(one, `/cramp/${cramp.id}`);
  await one.locator('.scale .dot[aria-pressed="true"]', { hasText: '5' }).first().waitFor();
});

test('somebody who is signed out meanwhile goes on noting, and sends after signing in', async (browser) => {
  const { page, token } = await person(browser, 'ended@example.org');
  const { items } = await api('GET', '/v1/auth/sessions', null, token);
  for (const { id, current } of items) if (!current) await api('DELETE', `/v1/auth/sessions/${id}`, null, token);
  await page.reload();
  await page.getByText('You are signed out here.').waitFor();
  await press(page, 'just now');
  await page.locator('.bed').waitFor();
  assert.deepEqual(await cramps(token), []);
  await show(page, '/sign-in');
  assert.equal(await page.locator('#email').inputValue(), 'ended@example.org');
  await page.locator('#password').fill(PASSWORD);
  await press(page, 'Sign in');
  await until(
    () => cramps(token),
    (rows) => rows.length === 1,
  );
});

test('signing out says what would be lost, and leaves nothing on the phone', async (browser) => {
  const { page } = await person(browser, 'out@example.org');
  await keepsTheApp(page);
  await show(page, '/report');
  await page.getByRole('link', { name: 'Open the report' }).waitFor();
  await page.context().setOffline(true);
  await show(page, '/');
  await press(page, 'just now');
  await page.locator('.bed').waitFor();
  await show(page, '/sign-out');
  await page.getByText('1 entry is not sent yet.').waitFor();
  await press(page, 'Sign out and lose it');
  await page.getByRole('dialog').getByRole('button', { name: 'Cancel' }).click();
  await press(page, 'Sign out and lose it');
  await page.getByRole('dialog').getByRole('button', { name: 'Sign out and lose it' }).click();
  await page.getByRole('link', { name: 'Open an account' }).first().waitFor();
  const left = await page.evaluate(async () => {
    const rows = [];
    for (const { name } of await indexedDB.databases()) {
      const database = await new Promise(
        (done) => (indexedDB.open(name).onsuccess = (event) => done(event.target.result)),
      );
      for (const store of database.objectStoreNames) {
        const all = database.transaction(store).objectStore(store).getAll();
        rows.push(...(await new Promise((done) => (all.onsuccess = () => done(all.result)))));
      }
      database.close();
    }
    const reports = await (await caches.open('cramp-diary-reports')).keys();
    return JSON.stringify([rows, reports.map(({ url }) => url)]);
  });
  assert.doesNotMatch(left, /out@example\.org|started_at|app\/report/);
});

test('a new version is offered, and taken when the person says so', async (browser) => {
  const { page } = await person(browser, 'update@example.org');
  // A worker of another address is to the browser what a worker of another version is. The app alone registers: whichever
  // came second, its registration or one of the test, would decide which of the two waits.
  await page.addInitScript(() => {
    const { serviceWorker } = navigator;
    const register = serviceWorker.register.bind(serviceWorker);
    serviceWorker.register = (address, options) => register(`${address}${sessionStorage.another ?? ''}`, options);
  });
  await keepsTheApp(page);
  await page.evaluate(() => sessionStorage.setItem('another', '?another'));
  await page.reload();
  await page.getByText('A new version is here.').waitFor();
  await round(page).waitFor();
  await Promise.all([page.waitForNavigation({ timeout: 30_000 }), press(page, 'Take it')]);
  await round(page).waitFor();
  await page.waitForFunction(() => navigator.serviceWorker.controller.scriptURL.endsWith('?another'));
});

test('by keyboard and by ear: focus goes to the heading, and what was kept is said', async (browser) => {
  const { page } = await person(browser, 'keys@example.org', { device: DESKTOP });
  await round(page).focus();
  await page.keyboard.press('Enter');
  await page.getByRole('timer').waitFor();
  assert.equal(await page.evaluate(() => document.activeElement.tagName), 'H1');
  assert.match(await page.getByRole('status').first().innerText(), /Noted/);
  await press(page, 'It let go');
  await page.locator('.bed').waitFor();
  await page.getByRole('button', { name: '4', exact: true }).focus();
  await page.keyboard.press('Space');
  await page.locator('.dot[aria-pressed="true"]', { hasText: '4' }).waitFor();
});

test('the diary is taken away as one document, and as tables', async (browser) => {
  const { page } = await person(browser, 'takes@example.org');
  await show(page, '/export');
  for (const [button, name, begins] of [
    ['Download', 'cramp-diary.json', '{'],
    ['Download tables', 'cramp-diary.zip', 'PK'],
  ]) {
    const [taken] = await Promise.all([page.waitForEvent('download'), press(page, button)]);
    assert.equal(taken.suggestedFilename(), name);
    assert.ok(readFileSync(await taken.path(), 'latin1').startsWith(begins), name);
  }
});

test('what was taken away is brought into another diary', async (browser) => {
  const { page, token } = await person(browser, 'moves@example.org');
  for (const hours of [30, 54]) await logCramp(token, { started_at: ago(hours) });
  await show(page, '/export');
  const [taken] = await Promise.all([page.waitForEvent('download'), press(page, 'Download')]);
  const file = { name: 'cramp-diary.json', mimeType: 'application/json', buffer: readFileSync(await taken.path()) };

  const { page: other, token: moved } = await person(browser, 'moved@example.org');
  await show(other, '/import');
  const field = other.getByLabel('The file');
  await field.setInputFiles({ ...file, buffer: Buffer.from('[1]') });
  await other.getByText('This is not a file with a whole diary.').waitFor();
  await field.setInputFiles(file);
  await other.getByText('2 entries are new, or newer than here.').waitFor();
  assert.deepEqual(await cramps(moved), []);
  await press(other, 'Bring it in');
  await notice(other).getByText('2 entries were brought in.').waitFor();
  assert.equal((await cramps(moved)).length, 2);
  await show(other, '/import');
  await field.setInputFiles(file);
  await other.getByText('There is nothing to bring in.').waitFor();
});
