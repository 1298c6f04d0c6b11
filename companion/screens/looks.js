// Who looked: a row for each person and day, to unfold.

import { html } from '../vendor/lit-html/lit-html.js';
import { wallClock, zoneHere } from '../ground/clock.js';
import { clock, isKnown, longDate, say } from '../words/index.js';
import { all, load, loaded } from './parts/loading.js';

/** @typedef {import('./app.js').App} App */

export const place = 'share';
export const back = '/share';
export const title = () => say('looks-title');

const MOST = 600;

/** @param {App} app */
export const enter = (app) => load(app, 'looks', () => all(app, `/v1/diaries/${app.diary.id}/access-log`, MOST));

/** @param {App} app */
export const view = (app) => html`
  <p>${say('looks-what')}</p>
  ${loaded(app, 'looks', (looks) =>
    looks.length === 0
      ? html`
          <p class="empty line">${say('looks-none')}</p>
        `
      : html`
          ${byPersonAndDay(looks).map(day)}${
            looks.length >= MOST
              ? html`
                  <p><a class="button" href="/me/access-log">${say('looks-all')}</a></p>
                `
              : ''
          }
        `,
  )}
`;

/** @param {any[]} looks */
function byPersonAndDay(looks) {
  /** @type {Map<string, { who: string, date: string, looks: any[] }>} */
  const days = new Map();
  for (const look of looks) {
    const { date } = wallClock(look.first_at, zoneHere());
    const key = `${date} ${look.user_id ?? look.role}`;
    /** @type {{ who: string, date: string, looks: any[] }} */
    const found = days.get(key) ?? { who: who(look), date, looks: [] };
    found.looks.push(look);
    days.set(key, found);
  }
  return [...days.values()];
}

/** @param {any} look */
function who({ role, user_name: name, user_email: email }) {
  if (role === 'report_link') return say('by-link');
  return role === 'operator' ? say('by-operator') : (name ?? email ?? say('unnamed'));
}

/** @param {{ who: string, date: string, looks: any[] }} one */
function day({ who: name, date, looks }) {
  const wrote = looks.some(({ access, outcome }) => access === 'write' && outcome === 'done');
  const denied = looks.every(({ outcome }) => outcome === 'denied');
  const times = looks.reduce((sum, { count }) => sum + (count ?? 1), 0);
  return html`
    <details class="card">
      <summary>
        <bdi>${name}</bdi>
        <br />
        <span class="small">
          ${longDate(date)} · ${say(denied ? 'looked-denied' : wrote ? 'looked-and-wrote' : 'looked', { count: times })}
        </span>
      </summary>
      <ul class="plain">
        ${looks.map(look)}
      </ul>
    </details>
  `;
}

/** @param {any} look */
function look({ first_at: from, last_at: to, count = 1, what, access, outcome }) {
  const words = outcome === 'denied' ? say('did-denied') : deed(what, access);
  const [first, last] = [clock(from), clock(to)];
  return html`
    <li>
      <span class="at">${first === last ? first : `${first}–${last}`}</span>
      <span>${count > 1 ? say('did-times', { what: words, count }) : words}</span>
    </li>
  `;
}

/** What was done, where it has words here; the list is open. @param {string} what @param {string} access */
function deed(what, access) {
  const key = `did-${what}`;
  return isKnown(key) ? say(key) : say(access === 'write' ? 'did-write' : 'did-read');
}
