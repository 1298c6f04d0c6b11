// What is worth asking now, as cards. Each can be put away.

import { html } from '../../vendor/lit-html/lit-html.js';
import { say, shortDate, weekday } from '../../words/index.js';
import { save } from './saving.js';

/** @typedef {import('../app.js').App} App */
/** @typedef {import('../../types.js').Prompt} Prompt */

/** @param {App} app @param {Prompt} prompt */
export function card(app, prompt) {
  const away = () => app.diary.dismiss(prompt);
  const [question, act] = drawn(app, prompt);
  return html`
    <section class="card">
      <div class="head">
        <h2>${question}</h2>
        <button type="button" class="quiet" aria-label="${say('not-now')}: ${question}" @click=${away}>
          ${say('not-now')}
        </button>
      </div>
      <p class="buttons">${act}</p>
    </section>
  `;
}

/** @type {string[]} */
const LENGTHY = ['interrupted_sleep'];

/** Its question alone, which opens it. @param {App} app @param {Prompt} prompt @param {() => void} open */
export const folded = (app, prompt, open) => html`
  <button type="button" class="folded" aria-expanded="false" @click=${open}>${drawn(app, prompt)[0]}</button>
`;

/** @param {App} app @param {Prompt} prompt @returns {[string, unknown]} */
function drawn(app, { kind, date, episode, missing = [] }) {
  if (kind === 'finish' && episode) {
    const words = say('ask-finish', { time: episode.local_time });
    const path = `#/cramp/${episode.id}`;
    if (missing.length === 0)
      return [
        words,
        html`
          <a class="button first" href=${path}>${say('finish')}</a>
        `,
      ];
    return [
      words,
      // The longest goes last, so that the others share a line.
      [...missing].sort((one, other) => LENGTHY.indexOf(one) - LENGTHY.indexOf(other)).map(
        (field) => html`
          <a class="chip" href=${path}>${say(`missing-${field}`)}</a>
        `,
      ),
    ];
  }
  if (kind === 'soreness' && episode) {
    const words = say('ask-soreness', { day: dayName(episode.local_date, date) });
    const over = () => save(app, () => app.diary.saveSoreness(episode.id, date, { level: 0 }));
    return [
      words,
      html`
        <button type="button" @click=${over}>${say('not-sore')}</button>
        <a class="button first" href="#/soreness/${episode.id}/${date}">${say('still-sore')}</a>
      `,
    ];
  }
  const day = dayName(date, app.diary.today(app.now));
  const free = () => save(app, () => app.diary.checkIn(date, { cramp_free: true }), say('day-noted'));
  return [
    say('ask-check-in', { day }),
    html`
      <button type="button" class="first" @click=${free}>${say('yes-none')}</button>
      <a class="button" href="#/earlier/${date}">${say('there-was-one')}</a>
    `,
  ];
}

const WEEK = 7;

/** "today", "yesterday", "Tuesday", "Fri 13 Nov". @param {string} date @param {string} today */
export function dayName(date, today) {
  const days = Math.round((Date.parse(today) - Date.parse(date)) / 86_400_000);
  if (days === 0) return say('today');
  if (days === 1) return say('yesterday');
  return days > 1 && days < WEEK ? weekday(date) : shortDate(date);
}
