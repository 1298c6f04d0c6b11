// The companion by day: what is asked in the morning, corrected, deleted and brought back, and how it is going.

import assert from 'node:assert/strict';

import { test } from './support/browser.mjs';
import { heading, notice, person, press, settled, show, signedIn, until } from './support/companion.mjs';
import { api, logCramp } from './support/people.mjs';

const diary = (token, part) => api('GET', `/v1/diaries/me/${part}`, null, token);
const daysAgo = (days) => new Date(Date.now() - days * 86_400_000).toISOString().slice(0, 10);

test('in the morning a card asks for what is missing, one tap tells of the day, and nothing is asked twice', async (browser) => {
  const { page, token } = await person(browser, 'morning@example.org');
  const today = daysAgo(0);
  await logCramp(token, { started_at: `${daysAgo(3)}T02:00:00Z`, intensity: 4 });
  await logCramp(token, { started_at: `${today}T00:00:30Z`, time_zone: 'UTC' });
  await page.clock.setFixedTime(new Date(`${today}T06:30:00Z`));
  await page.reload();
  const card = page.locator('.card', { hasText: 'finish?' });
  await card.waitFor();
  assert.ok((await page.locator('.home .card').count()) <= 3);
  await card.getByRole('link', { name: 'how bad' }).click();
  await page.getByRole('group', { name: 'How bad was it?' }).getByRole('button', { name: '6', exact: true }).click();
  await page.getByRole('button', { name: 'foot', exact: true }).click();
  await until(
    () => diary(token, 'episodes'),
    ({ items: [cramp] }) => cramp.intensity === 6 && cramp.sites[0]?.part === 'foot',
  );
  await show(page, '/');
  await page.getByRole('button', { name: 'No cramps', exact: true }).click();
  await notice(page).getByText('The day is noted.').waitFor();
  await until(
    () => diary(token, 'check-ins'),
    ({ items }) => items.some(({ cramp_free: free }) => free),
  );
  await page.reload();
  await page.locator('.dots').waitFor();
  assert.equal(await page.getByText('No cramps yesterday?').count(), 0);
  assert.equal(await page.getByText('finish?').count(), 0);
});

test('a card that is put away stays away', async (browser) => {
  const { page, token } = await person(browser, 'away@example.org');
  await page.getByRole('button', { name: 'Cramp now', exact: true }).waitFor();
  assert.equal(await page.locator('.card').count(), 0, 'nobody is asked of days before the diary');
  await logCramp(token, { started_at: `${daysAgo(3)}T02:00:00Z`, intensity: 4 });
  await page.reload();
  const away = page.getByRole('button', { name: 'Not now: No cramps yesterday?' });
  await away.click();
  await away.waitFor({ state: 'detached' });
  await page.reload();
  await page.getByRole('button', { name: 'Cramp now', exact: true }).waitFor();
  assert.equal(await away.count(), 0);
});

test('a cramp that is deleted comes back with its soreness, and its corrections are told', async (browser) => {
  const { page, token } = await person(browser, 'undo@example.org');
  const cramp = await logCramp(token, { started_at: `${daysAgo(2)}T02:00:00Z`, intensity: 4, note: 'after the wine' });
  await api('PUT', `/v1/diaries/me/episodes/${cramp.id}/soreness/${daysAgo(1)}`, { level: 3 }, token);
  await page.reload();
  await show(page, '/diary');
  await page.locator('.rows a', { hasText: '4 of 10' }).click();
  await page.getByRole('group', { name: 'How bad was it?' }).getByRole('button', { name: '7', exact: true }).click();
  await page.getByLabel('Note').fill('after the red wine');
  await page.getByLabel('Note').blur();
  await until(
    () => diary(token, 'episodes'),
    ({ items: [row] }) => row.intensity === 7 && row.note === 'after the red wine',
  );
  await page.getByRole('link', { name: 'What it said before' }).click();
  await page.getByText('after the wine', { exact: true }).waitFor();
  await page.getByRole('link', { name: 'Back' }).click();
  await press(page, 'Delete this cramp');
  await until(
    () => diary(token, 'episodes'),
    ({ items }) => items.length === 0,
  );
  await notice(page).getByRole('button', { name: 'Undo' }).click();
  await until(
    () => diary(token, 'episodes'),
    ({ items }) => items.length === 1,
  );
  const {
    items: [sore],
  } = await until(
    () => diary(token, `episodes/${cramp.id}/soreness`),
    ({ items }) => items.length === 1,
  );
  assert.equal(sore.level, 3);
});

test('a note that is still being typed is kept when the app goes away', async (browser) => {
  const { page, token } = await person(browser, 'typing@example.org');
  const cramp = await logCramp(token, { started_at: `${daysAgo(1)}T02:00:00Z` });
  await page.reload();
  await show(page, `/cramp/${cramp.id}`);
  await page.getByLabel('Note').fill('half a sent');
  await page.evaluate(() => {
    Object.defineProperty(document, 'hidden', { value: true, configurable: true });
    document.dispatchEvent(new Event('visibilitychange'));
  });
  await until(
    () => diary(token, 'episodes'),
    ({ items: [row] }) => row.note === 'half a sent',
  );
});

test('an answer that is lost on its way makes no second cramp', async (browser) => {
  browser.expects(/ERR_FAILED/);
  const { page, token } = await person(browser, 'lost-answer@example.org');
  let lost = 0;
  await page.route('**/changes', async (route) => {
    if (route.request().method() !== 'POST' || lost++ > 0) return route.continue();
    await route.fetch();
    return route.abort();
  });
  await press(page, 'just now');
  await page.locator('.bed').waitFor();
  await press(page, '9');
  await show(page, '/unsent');
  await press(page, 'Send now');
  await page.getByText('Everything is sent.').waitFor();
  const { items } = await diary(token, 'episodes');
  assert.deepEqual(
    items.map(({ intensity }) => intensity),
    [9],
  );
  assert.ok(lost >= 2);
});

test('a treatment is begun and stopped, and how it is going says what is not enough yet', async (browser) => {
  const { page, token } = await person(browser, 'going@example.org');
  await logCramp(token, { started_at: `${daysAgo(1)}T02:00:00Z`, intensity: 5 });
  await show(page, '/treatments/new');
  await press(page, 'Save');
  await page.getByText('This is needed.').waitFor();
  await page.getByLabel('What you call it').fill('Stockings');
  await page.getByLabel('First day').fill(daysAgo(10));
  await press(page, 'Save');
  await press(page, 'Stop today: Stockings');
  await until(
    () => diary(token, 'treatments'),
    ({ items }) => items[0]?.ended_on,
  );
  await show(page, '/going');
  await page.locator('.figure').first().waitFor();
  assert.ok((await page.getByText('Not enough yet').count()) >= 3);
  await page.getByRole('link', { name: 'The nights' }).click();
  await page.getByText('The same as a table').click();
  await page.getByRole('cell', { name: /5 of 10/ }).waitFor();
  assert.equal(await heading(page).innerText(), 'The nights');
});

test('settings, theme and language are the person’s', async (browser) => {
  const { page, token } = await person(browser, 'settings@example.org');
  await show(page, '/settings');
  await page.getByLabel('Name of the diary').fill('Legs');
  await page.getByLabel('From', { exact: true }).fill('23:00');
  await page.getByLabel('Evening from').fill('23:30');
  await press(page, 'Save');
  await page.getByText('The evening must not begin within the night.').waitFor();
  await page.getByLabel('Evening from').fill('19:00');
  await press(page, 'Save');
  await until(
    () => api('GET', '/v1/diaries/me', null, token),
    ({ display_name: name, night_start: from }) => name === 'Legs' && from === '23:00',
  );
  await show(page, '/appearance');
  await press(page, 'dark');
  await press(page, 'Deutsch');
  await page.getByRole('heading', { name: 'Helligkeit und Sprache' }).waitFor();
  await page.reload();
  await page.getByRole('heading', { name: 'Helligkeit und Sprache' }).waitFor();
  assert.equal(
    await page.evaluate(() => `${document.documentElement.lang} ${document.documentElement.dataset.theme}`),
    'de dark',
  );
});

test('the account is erased with the password, and nothing is left here', async (browser) => {
  browser.expects(/answered with 422/);
  const { page } = await person(browser, 'erased@example.org');
  await settled(page);
  await show(page, '/erase');
  await page.getByLabel('Password').fill('not the right one at all');
  await press(page, 'Erase it all');
  await page.getByRole('dialog').getByRole('button', { name: 'Erase it all' }).click();
  await page.getByText('The password is not right.').waitFor();
  await page.getByLabel('Password').fill('seven quiet herons at dusk');
  await press(page, 'Erase it all');
  await page.getByRole('dialog').getByRole('button', { name: 'Erase it all' }).click();
  await page.getByRole('link', { name: 'Open an account' }).waitFor();
});

test('what is being typed is not taken away when something else comes', async (browser) => {
  const { page, token } = await person(browser, 'meanwhile@example.org');
  const cramp = await logCramp(token, { started_at: `${daysAgo(1)}T02:00:00Z` });
  await page.reload();
  await show(page, `/cramp/${cramp.id}`);
  await page.getByLabel('Note').fill('I am still');
  await api('PATCH', `/v1/diaries/me/episodes/${cramp.id}`, { intensity: 2 }, token);
  await page
    .getByRole('group', { name: 'How bad was it?' })
    .locator('[aria-pressed="true"]', { hasText: '2' })
    .waitFor();
  assert.equal(await page.getByLabel('Note').inputValue(), 'I am still');
});

test('a phone that was lost is signed out from the next one, by one tap', async (browser) => {
  const { page } = await person(browser, 'lost-phone@example.org');
  const next = await signedIn(browser, 'lost-phone@example.org');
  await show(next, '/devices');
  await next.getByRole('heading', { name: /^Chrome · .*this one/ }).waitFor();
  await press(next, 'Sign out all others');
  await next.getByRole('dialog').getByRole('button', { name: 'Sign out all others' }).click();
  await next.getByText('Nowhere else.').waitFor();
  await page.reload();
  await page.getByText('You are signed out here.').waitFor();
});
