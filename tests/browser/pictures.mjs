// The pictures of the README and the documents, from the demo: `./scripts/pictures`. They are no test, but pages that
// complain make no picture.

import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import { PHONE, test } from './support/browser.mjs';
import { opened, settled, show, signedIn } from './support/companion.mjs';
import { PASSWORD_OF_THE_DEMO } from './support/people.mjs';
import { server } from './support/server.mjs';

const MARGARETE = 'margarete@example.org';
const DESK = { name: 'desk', viewport: { width: 1280, height: 800 }, colorScheme: 'light' };
const picture = (name) => fileURLToPath(new URL(`../../docs/${name}.png`, import.meta.url));
const asData = (png) => `data:image/png;base64,${png.toString('base64')}`;

/** Lays pictures side by side, each as high as the others. */
async function beside(browser, name, pictures, height, background) {
  const page = await browser.page({ ...DESK, viewport: { width: 1600, height: height + 96 } });
  const images = pictures.map((png) => `<img src="${asData(png)}" alt="">`).join('');
  await page.setContent(`<style>
    body { margin: 0; background: ${background} } main { display: inline-flex; gap: 40px; padding: 48px }
    img { height: ${height}px; border-radius: 16px; box-shadow: 0 6px 28px #0005 }
  </style><main>${images}</main>`);
  await page.locator('img').last().evaluate((image) => image.decode());
  writeFileSync(picture(name), await page.locator('main').screenshot());
}

const patient = (browser) => signedIn(browser, MARGARETE, { password: PASSWORD_OF_THE_DEMO });

/** A page of whoever signs in with the pages' form. */
async function desk(browser, email, path) {
  const page = await browser.page(DESK);
  await page.goto(`${server.origin}/sign-in?next=${encodeURIComponent(path)}`);
  await page.getByLabel('E-mail').fill(email);
  await page.getByLabel('Password').fill(PASSWORD_OF_THE_DEMO);
  await page.locator('form button.first').click();
  await page.waitForURL(server.origin + path);
  return page;
}

test('the phone beside the report', async (browser) => {
  const phone = await patient(browser);
  const home = await phone.screenshot();
  const report = await desk(browser, MARGARETE, '/me/report');
  await report.setViewportSize({ width: 900, height: 800 });
  await beside(browser, 'phone-and-report', [home, await report.screenshot()], 640, '#d7dee6');
});

test('on the phone: a cramp, how it is going, the nights', async (browser) => {
  const phone = await patient(browser);
  const shots = [];
  for (const path of ['/going', '/nights/28', '/diary']) {
    await show(phone, path);
    await settled(phone);
    shots.push(await phone.screenshot());
  }
  const other = await opened(browser, { ...PHONE, colorScheme: 'dark' });
  await show(other, '/sign-in');
  await other.locator('#email').fill('tiago@example.org');
  await other.locator('#password').fill(PASSWORD_OF_THE_DEMO);
  await other.locator('form button.first').click();
  await other.getByRole('button', { name: 'Cramp now', exact: true }).click();
  await other.getByRole('button', { name: 'It let go' }).waitFor();
  shots.unshift(await other.screenshot());
  await beside(browser, 'phone', shots, 560, '#d7dee6');
});

test('the clinician: the list, and one patient', async (browser) => {
  const page = await desk(browser, 'okafor@example.org', '/clinic');
  await page.screenshot({ path: picture('patients') });
  await page.getByRole('link', { name: 'Margarete Lindner' }).click();
  await page.getByRole('heading', { level: 1, name: 'Margarete Lindner' }).waitFor();
  await page.screenshot({ path: picture('page-patient') });
});

test('the pictures are small enough to be looked at', () => {
  for (const name of ['phone-and-report', 'phone', 'patients', 'page-patient']) {
    const { length } = readFileSync(picture(name));
    if (length > 700_000) throw new Error(`${name} has ${length} bytes`);
  }
});
