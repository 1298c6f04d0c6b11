// Passkeys, with devices that Chromium plays.

import assert from 'node:assert/strict';

import { DESKTOP, PHONE, follow, test } from './support/browser.mjs';
import { isForEverybody } from './support/checks.mjs';
import { show } from './support/companion.mjs';
import { PASSWORD, register } from './support/people.mjs';
import { server } from './support/server.mjs';

const heading = (page) => page.getByRole('heading', { level: 1 });
const alert = (page) => page.getByRole('alert');
const press = (page, name) => follow(page, () => page.getByRole('button', { name, exact: true }).click());
const go = (page, name) => follow(page, () => page.getByRole('link', { name, exact: true }).click());
const open = async (page, path) => (await page.goto(server.origin + path)).status();

/** A device that keeps passkeys and knows its person, in a browser. */
class Device {
  static async of(page, { transport = 'internal', credentials = [] } = {}) {
    const device = new Device();
    device.cdp = await page.context().newCDPSession(page);
    await device.cdp.send('WebAuthn.enable');
    const options = {
      protocol: 'ctap2', transport, hasResidentKey: true, hasUserVerification: true, isUserVerified: true,
      automaticPresenceSimulation: true,
    };
    device.authenticatorId = (await device.#send('addVirtualAuthenticator', { options })).authenticatorId;
    for (const credential of credentials) await device.#send('addCredential', { credential });
    return device;
  }

  #send(what, more) {
    return this.cdp.send(`WebAuthn.${what}`, { authenticatorId: this.authenticatorId, ...more });
  }

  /** What it has. */
  async passkeys() {
    return (await this.#send('getCredentials')).credentials;
  }

  /** Whether it knows the finger that touches it. */
  knowsItsPerson(isUserVerified) {
    return this.#send('setUserVerified', { isUserVerified });
  }

  /** It is not at hand any more. */
  async goes() {
    await this.#send('removeVirtualAuthenticator');
  }
}

async function signsIn(page, email, code = '') {
  await open(page, '/sign-in');
  await page.getByLabel('E-mail').fill(email);
  await page.getByLabel('Password').fill(PASSWORD);
  await page.getByLabel('Code of your second factor').fill(code);
  return press(page, 'Sign in');
}

async function adds(page, name) {
  await open(page, '/passkeys/new');
  await page.getByLabel('Name').fill(name);
  return press(page, 'Make the passkey');
}

test('somebody adds two passkeys, signs in with one alone and with one after the password, and removes them', async (browser) => {
  const email = 'kim.passkey@example.org';
  await register({ email, display_name: 'Kim Larsen' });
  const page = await browser.page(PHONE);
  const phone = await Device.of(page);
  assert.equal(await signsIn(page, email), 200);
  await go(page, 'Security');
  await go(page, 'Passkeys');
  await isForEverybody(page, 'passkeys-none');
  await go(page, 'Add a passkey');
  await isForEverybody(page, 'passkeys-new');
  await page.getByLabel('Name').fill('Kim\u2019s phone');
  assert.equal(await press(page, 'Make the passkey'), 200);
  const codes = await page.locator('.codes li').allInnerTexts();
  assert.equal(codes.length, 10);
  assert.equal((await phone.passkeys()).length, 1);

  // The device that has one makes no other: the person is told, and nothing is added.
  await open(page, '/passkeys/new');
  await page.getByRole('button', { name: 'Make the passkey' }).click();
  await alert(page).waitFor();
  assert.match(await alert(page).innerText(), /No passkey was used/);
  const kept = await phone.passkeys();
  await phone.goes();
  const ring = await Device.of(page, { transport: 'usb' });
  assert.equal(await adds(page, 'Key ring'), 200);
  assert.equal(await heading(page).innerText(), 'Passkeys');
  assert.deepEqual(await page.getByRole('heading', { level: 3 }).allInnerTexts(), ['Kim\u2019s phone', 'Key ring']);
  assert.equal(await page.getByText('Not used yet.').count(), 2);
  await isForEverybody(page, 'passkeys');

  // The key ring alone opens the account, without e-mail or password.
  assert.equal(await press(page, 'Sign out'), 200);
  assert.equal(await press(page, 'Sign in with a passkey'), 200);
  assert.equal(await heading(page).innerText(), 'My diary');

  // The password alone does not, any more.
  assert.equal(await press(page, 'Sign out'), 200);
  assert.equal(await signsIn(page, email), 401);
  assert.match(await alert(page).filter({ visible: true }).innerText(), /has a passkey/);
  await isForEverybody(page, 'sign-in-passkey-needed');
  assert.equal(await press(page, 'Sign in with a passkey'), 200);
  assert.equal(await heading(page).innerText(), 'My diary');
  assert.equal(await press(page, 'Sign out'), 200);
  assert.equal(await signsIn(page, email, codes[0]), 200);

  await open(page, '/passkeys');
  const first = page.getByRole('listitem').filter({ hasText: 'Kim\u2019s phone' });
  await first.getByText('Rename', { exact: true }).click();
  await first.getByLabel('Name').fill('The old phone');
  await follow(page, () => first.getByRole('button', { name: 'Save the name' }).click());
  assert.match(await page.getByRole('status').innerText(), /new name/);
  const old = page.getByRole('listitem').filter({ hasText: 'The old phone' });
  await old.getByText('Remove', { exact: true }).click();
  await isForEverybody(page, 'passkey-remove');
  await follow(page, () => old.getByRole('button', { name: 'Yes, remove it' }).click());
  assert.match(await page.getByRole('status').innerText(), /removed/);
  assert.deepEqual(await page.getByRole('heading', { level: 3 }).allInnerTexts(), ['Key ring']);

  // What the phone still has opens nothing.
  assert.equal(await press(page, 'Sign out'), 200);
  await ring.goes();
  await Device.of(page, { credentials: kept });
  assert.equal(await press(page, 'Sign in with a passkey'), 401);
  assert.match(await alert(page).filter({ visible: true }).innerText(), /opens no account/);
});

test('whoever came some time ago confirms with a passkey that it is they', async (browser) => {
  const email = 'robin.passkey@example.org';
  await register({ email });
  const page = await browser.page(DESKTOP);
  const device = await Device.of(page);
  await signsIn(page, email);
  assert.equal(await adds(page, 'My passkey'), 200);
  server.lets(email, 11);
  assert.equal(await open(page, '/second-factor'), 200);
  assert.equal(await heading(page).innerText(), 'Confirm that it is you');
  await isForEverybody(page, 'confirm-passkey');

  // The device does not know who touches it, so it signs nothing.
  await device.knowsItsPerson(false);
  await page.getByRole('button', { name: 'Confirm with a passkey' }).click();
  await alert(page).filter({ visible: true }).waitFor();
  await device.knowsItsPerson(true);
  assert.equal(await press(page, 'Confirm with a passkey'), 200);
  assert.equal(await heading(page).innerText(), 'Second factor');
  assert.match(await page.getByRole('main').innerText(), /Your passkeys are your second factor/);
  await isForEverybody(page, 'second-factor-passkeys');

  // A form that came too late makes no passkey on the device.
  // The script does not follow where it is led, which is told of as an end before its time.
  browser.expects(/confirm\?next=%2Fpasskeys%2Fbegin&late=yes fails: net::ERR_ABORTED/);
  await open(page, '/passkeys/new');
  server.lets(email, 11);
  await follow(page, () => page.getByRole('button', { name: 'Make the passkey' }).click());
  assert.equal(await heading(page).innerText(), 'Confirm that it is you');
  assert.equal((await device.passkeys()).length, 1);
});

test('the app signs in with a passkey, and shows once more by one that it is they', async (browser) => {
  const email = 'alex.passkey@example.org';
  await register({ email });
  const page = await browser.page(PHONE);
  await Device.of(page);
  await signsIn(page, email);
  assert.equal(await adds(page, 'My passkey'), 200);
  await open(page, '/passkeys');
  assert.equal(await press(page, 'Sign out'), 200);
  await page.goto(`${server.origin}/app#/sign-in`);
  await page.getByRole('button', { name: 'Sign in with a passkey' }).click();
  await page.locator('.home').waitFor();
  await show(page, '/more');
  await page.getByText(email).waitFor();
  server.lets(email, 11);
  browser.expects(/invitations is answered with 401/, /ERR_ABORTED/);
  await show(page, '/share/new');
  await page.getByLabel('For whom').fill('Robin');
  await page.getByRole('button', { name: 'I agree: make the code' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'With a passkey' }).click();
  await page.getByRole('img', { name: 'QR code' }).waitFor();
});

test('without scripts nothing of passkeys is offered, and the password works', async (browser) => {
  const email = 'sam.passkey@example.org';
  await register({ email });
  const page = await browser.page(DESKTOP, { javaScriptEnabled: false });
  await open(page, '/sign-in');
  assert.equal(await page.getByRole('button', { name: 'Sign in with a passkey' }).count(), 0);
  assert.equal(await signsIn(page, email), 200);
  await open(page, '/passkeys/new');
  assert.ok(await page.getByText('This browser can\'t make passkeys.').isVisible());
  assert.equal(await page.getByRole('button', { name: 'Make the passkey' }).count(), 0);
});
