// Everything that was logged, the newest first, by the date it had where it happened.

import { html, nothing } from '../vendor/lit-html/lit-html.js';
import { repeat } from '../vendor/lit-html/directives/repeat.js';
import { longDate, month, say, shortDate } from '../words/index.js';
import { crampInShort } from './parts/rows.js';
import { sorenessInShort } from './parts/soreness-list.js';
import { twoVersionsLine } from './parts/two-versions.js';

/** @typedef {import('./app.js').App} App */
/**
 * @typedef {{ date: string, cramps: import('../types.js').Episode[], checkIn: import('../types.js').CheckIn | null }} Day
 */

export const place = 'diary';
export const title = () => say('diary-title');

/** Days that are drawn before one asks for more: those of some weeks. */
const AT_FIRST = 40;
const MORE = 120;

/** @param {App} app */
export function view(app) {
  const { diary, state } = app;
  const days = daysOf(diary);
  const shown = days.slice(0, state.shown ?? AT_FIRST);
  const today = diary.today(app.now);
  if (days.length === 0)
    return html`
      <p class="empty line">${say(diary.isComplete ? 'diary-empty' : 'diary-not-here')}</p>
      ${add(app, today)}
    `;
  return html`
    ${add(app, today)}
    ${months(shown).map(
      ([name, inMonth]) => html`
        <section>
          <h2 class="month">${name}</h2>
          ${repeat(
            inMonth,
            ({ date }) => date,
            (day) => drawn(app, day),
          )}
        </section>
      `,
    )}
    ${
      shown.length < days.length
        ? html`
            <p class="buttons">
              <button type="button" @click=${() => app.set({ shown: shown.length + MORE })}>${say('more-days')}</button>
            </p>
          `
        : nothing
    }
    ${
      diary.isComplete
        ? nothing
        : html`
            <p class="line">${say('diary-not-here')}</p>
          `
    }
  `;
}

/** @param {App} app @param {string} today */
const add = ({ diary }, today) =>
  diary.canWrite
    ? html`
        <p class="buttons">
          <a class="button" href="#/earlier">${say('add-cramp')}</a>
          <a class="button" href="#/check-in/${today}">${say('add-day')}</a>
        </p>
      `
    : nothing;

/** @param {import('../diary/diary.js').Diary} diary @returns {Day[]} */
function daysOf({ episodes, checkIns }) {
  /** @type {Map<string, Day>} */
  const days = new Map();
  const of = (/** @type {string} */ date) => {
    const day = days.get(date) ?? { date, cramps: [], checkIn: checkIns.get(date) ?? null };
    days.set(date, day);
    return day;
  };
  for (const cramp of episodes) of(cramp.local_date).cramps.push(cramp);
  for (const date of checkIns.keys()) of(date);
  return [...days.values()].sort((one, other) => (one.date < other.date ? 1 : -1));
}

/** @param {Day[]} days @returns {[string, Day[]][]} */
function months(days) {
  /** @type {Map<string, Day[]>} */
  const byMonth = new Map();
  for (const day of days) {
    const name = month(day.date);
    byMonth.set(name, [...(byMonth.get(name) ?? []), day]);
  }
  return [...byMonth];
}

/** @param {App} app @param {Day} day */
function drawn(app, { date, cramps, checkIn }) {
  if (cramps.length === 0 && checkIn) {
    return html`
      <p class="rows quiet-day">
        <a href="#/check-in/${date}">
          <span>${shortDate(date)}</span>
          <span>${say(checkIn.cramp_free ? 'day-free' : 'day-cramps-logged')}${mark(checkIn)}</span>
        </a>
        ${twoVersionsLine(app, 'check_ins', date)}
      </p>
    `;
  }
  return html`
    <div class="day">
      <h3>${longDate(date)}</h3>
      <ul class="rows">
        ${cramps.map(
          (cramp) => html`
            <li>
              <a href="#/cramp/${cramp.id}">
                <span class="at">${cramp.local_time}</span>
                <span>${crampInShort(cramp) || say('nothing-more-yet')}${mark(cramp)}</span>
              </a>
              ${twoVersionsLine(app, 'episodes', cramp.id)} ${after(app, cramp.id)}
            </li>
          `,
        )}
        ${
          checkIn
            ? html`
                <li>
                  <a href="#/check-in/${date}">
                    <span class="at">${say('day')}</span>
                    <span>${say(checkIn.cramp_free ? 'day-free' : 'day-cramps-logged')}${mark(checkIn)}</span>
                  </a>
                  ${twoVersionsLine(app, 'check_ins', date)}
                </li>
              `
            : nothing
        }
      </ul>
    </div>
  `;
}

/** @param {{ unsent?: boolean, refused?: boolean }} row */
const mark = ({ unsent, refused }) =>
  refused || unsent
    ? html`
        <span class="small tag">${say(refused ? 'not-taken' : 'not-sent')}</span>
      `
    : nothing;

/** @param {App} app @param {string} id */
function after(app, id) {
  const entries = app.diary.soreness(id);
  if (entries.length === 0) return nothing;
  return html`
    <ul class="rows after">
      ${entries.map(
        (entry) => html`
          <li>
            <a href="#/soreness/${id}/${entry.date}">
              <span class="at">${entry.day === 0 ? say('day-same') : say('day-after', { count: entry.day })}</span>
              <span>
                ${entry.level === 0 ? sorenessInShort(entry) : say('sore-in-short', { what: sorenessInShort(entry) })}
              </span>
            </a>
            ${twoVersionsLine(app, 'soreness', `${id}.${entry.date}`)}
          </li>
        `,
      )}
    </ul>
  `;
}
