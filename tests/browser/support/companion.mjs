// The companion in a browser, as a person uses it.

import assert from 'node:assert/strict';

import { PHONE } from './browser.mjs';
import { PASSWORD, register } from './people.mjs';
import { server } from './server.mjs';

export const heading = (page) => page.getByRole('heading', { level: 1 });
export const press = (page, name) => page.getByRole('button', { name, exact: true }).click();
/** What was just said, with the way to take it back. */
export const notice = (page) => page.locator('.notice');

/** What a browser says by itself of requests without a network, and of one that wants the password again first. */
const EXPECTED = [
  /ERR_INTERNET_DISCONNECTED/,
  /ERR_NETWORK_CHANGED/,
  /ERR_ABORTED/,
  /\/app\/session\/token is answered with 401/,
  /is answered with 401/,
];

/** The app as somebody opens it who was never here before. */
export async function opened(browser, device = PHONE, more = {}) {
  browser.expects(...EXPECTED);
  const page = await browser.page(device, more);
  await page.goto(`${server.origin}/app`);
  return page;
}

/** Goes to a screen of the app. */
export async function show(page, path) {
  await page.evaluate((hash) => (location.hash = hash), path);
  await page.waitForFunction((hash) => location.hash === `#${hash}`, path);
}

/** Signs in on a device, and waits until the diary is there. */
export async function signedIn(browser, email, { device = PHONE, password = PASSWORD, ...more } = {}) {
  const page = await opened(browser, device, more);
  await show(page, '/sign-in');
  await page.locator('#email').fill(email);
  await page.locator('#password').fill(password);
  await page.locator('form button.first').click();
  await page.locator('.home').waitFor();
  await settled(page);
  return page;
}

/** A new person on a device of theirs: the page, and a token for the API. */
export async function person(browser, email, options = {}) {
  const token = await register({ email, display_name: 'Kim Larsen', time_zone: 'Europe/Berlin' });
  return { page: await signedIn(browser, email, options), token };
}

/** Everything that is here is there as well. */
export async function settled(page) {
  await page.waitForFunction(() => !document.querySelector('a[href="#/unsent"]'));
}

/** From now on the app opens without a network. */
export async function keepsTheApp(page) {
  await page.evaluate(() => navigator.serviceWorker.ready);
  await page.reload();
  await page.waitForFunction(() => navigator.serviceWorker.controller);
}

/** Waits until the service has what it should have. */
export async function until(ask, isSo) {
  for (let tries = 0; tries < 100; tries += 1) {
    const answer = await ask();
    if (isSo(answer)) return answer;
    await new Promise((done) => setTimeout(done, 100));
  }
  return assert.fail('it did not come about');
}
