// The first screen: one round button, what is worth asking today, and the last nights.

import { html, nothing } from '../vendor/lit-html/lit-html.js';
import { repeat } from '../vendor/lit-html/directives/repeat.js';
import { dots, lastNights } from '../drawing/dots.js';
import { duration, say } from '../words/index.js';
import { logged } from './cramp-now.js';
import { attention } from './parts/attention.js';
import { card, folded } from './parts/prompts.js';
import { firstDate } from './parts/rows.js';

/** @typedef {import('./app.js').App} App */

export const place = 'log';
export const hidesTitle = true;
export const title = () => say('log-title');
/** Of a running cramp, the clock goes on. */
export const ticks = 20_000;

const MINUTE = 60_000;
const AGO = [0, 15, 30, 60];
const NIGHTS = 14;

/** @param {App} app */
export function view(app) {
  const { diary } = app;
  return html`
    <div class="home">
      <div class="above">
        ${attention(app)}
        ${diary.canWrite ? asked(app) : nothing} ${nights(app)}
      </div>
      ${
        diary.canWrite
          ? dock(app)
          : html`
              <p class="line">
                ${say(app.phone.diaries.find(({ id }) => id === diary.id)?.hasEnded ? 'access-ended' : 'read-only')}
              </p>
            `
      }
    </div>
  `;
}

/**
 * One card is open; of the others there is the question, so that all stand above the round button.
 * @param {App} app
 */
function asked(app) {
  const { diary, state, now } = app;
  // Of a day before the first entry nobody has to answer: the diary was not there.
  const first = firstDate(diary);
  const prompts = diary
    .prompts(now)
    .filter(({ kind, date }) => kind !== 'check_in' || (first !== null && first <= date));
  const open = prompts.find(({ key }) => key === state.open) ?? prompts[0];
  return repeat(
    prompts,
    ({ key }) => key,
    (prompt) => (prompt === open ? card(app, prompt) : folded(app, prompt, () => app.set({ open: prompt.key }))),
  );
}

/** @param {App} app */
function dock(app) {
  const { openCramp } = app.diary;
  return html`
    <div class="dock">
      ${
        openCramp
          ? running(app, openCramp)
          : html`
              <button type="button" class="round" @click=${() => tap(app)}>${say('cramp-now')}</button>
            `
      }
      <fieldset class="ago">
        <legend>${say('it-was')}</legend>
        <div class="chips">
          ${AGO.map(
            (minutes) => html`
              <button type="button" class="chip" @click=${() => ago(app, minutes)}>
                ${minutes === 0 ? say('just-now') : say('minutes', { count: minutes })}
              </button>
            `,
          )}
          <a class="chip" href="#/earlier">${say('another-time')}</a>
        </div>
      </fieldset>
    </div>
  `;
}

/** @param {App} app @param {import('../types.js').OpenCramp} open */
function running(app, { started_at: start }) {
  const seconds = Math.max(0, Math.round((app.now.getTime() - Date.parse(start)) / 1000));
  return html`
    <a class="round" href="#/cramp">
      ${say('cramp-running')}
      <span class="small">${duration(seconds)}</span>
    </a>
  `;
}

/** @param {App} app */
async function tap(app) {
  if (await logged(app)) app.go('/cramp');
}

/** A cramp that is over; nothing has to be timed. @param {App} app @param {number} minutes */
async function ago(app, minutes) {
  const id = await logged(app, { started_at: new Date(app.now.getTime() - minutes * MINUTE).toISOString() });
  if (id) app.go(`/cramp/${id}/bed`);
}

/** @param {App} app */
function nights(app) {
  const last = lastNights(app.diary, NIGHTS, app.diary.today(app.now));
  const count = last.filter(({ at_night: cramps }) => cramps > 0).length;
  const unknown = last.filter(({ covered, at_night: cramps }) => !covered && cramps === 0).length;
  if (app.diary.episodes.length === 0 && app.diary.checkIns.size === 0)
    return html`
      <p class="line empty">${say('log-empty')}</p>
    `;
  return html`
    <a class="dots" href="#/going">
      <span>
        ${say(unknown > 0 ? 'last-nights-known' : 'last-nights', { count, nights: NIGHTS, unknown })}
      </span>
      ${dots(last)}
    </a>
  `;
}
