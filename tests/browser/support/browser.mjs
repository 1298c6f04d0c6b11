// A real browser, whose pages are watched: none may complain, and none may load anything from elsewhere.

import assert from 'node:assert/strict';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import runner, { after } from 'node:test';

import { chromium } from 'playwright-core';

import { server } from './server.mjs';

export const DESKTOP = { name: 'desktop', viewport: { width: 1280, height: 900 }, colorScheme: 'light' };
export const DARK = { ...DESKTOP, name: 'dark', colorScheme: 'dark' };
export const PHONE = {
  name: 'phone', viewport: { width: 360, height: 740 }, colorScheme: 'light', deviceScaleFactor: 2, isMobile: true,
  hasTouch: true,
};
export const DEVICES = [DESKTOP, DARK, PHONE];

/** Milliseconds; a page takes a small part of it, unless it will never come. */
const PATIENCE = 10_000;
const PROGRAMS = ['chromium', 'chromium-browser', 'google-chrome'];
/** It keeps to the pages that it is sent to. */
const FLAGS = [
  '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
  '--disable-component-update', '--disable-sync',
];

function installed() {
  const places = process.env.PATH.split(delimiter).flatMap((folder) => PROGRAMS.map((name) => join(folder, name)));
  const found = places.find((place) => {
    try {
      accessSync(place, constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
  return found ?? assert.fail(`none of these is installed: ${PROGRAMS.join(', ')}`);
}

const chrome = await chromium.launch({ executablePath: installed(), args: FLAGS });
after(() => chrome.close());

const OF_THE_ANSWER = 'Failed to load resource: the server responded with a status of ';

/** The pages of one test, and what they complained of. */
class Browser {
  #contexts = [];
  #complaints = [];
  #expected = [];

  /** Complaints like these are part of the test. */
  expects(...patterns) {
    this.#expected.push(...patterns);
  }

  /** A page of somebody who was never here before. `more` are options of a Playwright context. */
  async page({ name, ...device }, more = {}) {
    const context = await chrome.newContext({ ...device, locale: 'en-GB', timezoneId: 'Europe/Berlin', ...more });
    this.#contexts.push(context);
    context.setDefaultTimeout(PATIENCE);
    await this.#watch(context);
    return context.newPage();
  }

  async #watch(context) {
    const complain = (what) => this.#complaints.push(what);
    await context.addInitScript(() => {
      addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI }) => {
        console.error(`${violatedDirective} refuses ${blockedURI}`);
      });
    });
    context.on('console', (message) => {
      // What a request was answered with is looked at below.
      if (['error', 'warning'].includes(message.type()) && !message.text().startsWith(OF_THE_ANSWER)) {
        complain(`the console says: ${message.text()}`);
      }
    });
    context.on('weberror', (error) => complain(`a script fails: ${error.error().stack ?? error.error()}`));
    context.on('request', (request) => {
      // The browser's own pages, as the one that shows a PDF, have addresses of their own.
      const { protocol, origin } = new URL(request.url());
      if (origin !== server.origin && !protocol.startsWith('chrome')) complain(`${request.url()} is asked for`);
    });
    context.on('requestfailed', (request) => complain(`${request.url()} fails: ${request.failure().errorText}`));
    context.on('response', (response) => {
      // A page may say that there is nothing here; what a page needs must be there.
      const worst = response.request().isNavigationRequest() ? 499 : 399;
      if (response.status() > worst) complain(`${response.url()} is answered with ${response.status()}`);
    });
  }

  assertCalm() {
    const complaints = this.#complaints.filter((words) => !this.#expected.some((pattern) => pattern.test(words)));
    assert.ok(complaints.length === 0, ['the browser complains:', ...complaints].join('\n  '));
  }

  async close() {
    await Promise.all(this.#contexts.map((context) => context.close()));
  }
}

/** Waits for the page that an act leads to, at this address or another; answers with its status. */
export async function follow(page, act) {
  const [answer] = await Promise.all([page.waitForNavigation(), act()]);
  return answer.status();
}

/** A test whose `body` gets a `browser`. When it fails, what the server logged meanwhile is shown. */
export function test(sentence, body) {
  runner(sentence, async () => {
    const browser = new Browser();
    const before = server.log().length;
    try {
      await body(browser);
      browser.assertCalm();
    } catch (error) {
      console.log(`the server's log during "${sentence}":\n${server.log().slice(before)}`);
      throw error;
    } finally {
      await browser.close();
    }
  });
}
