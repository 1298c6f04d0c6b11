// What is on this phone alone, and why.

import { html, nothing } from '../vendor/lit-html/lit-html.js';
import { list, moment, say } from '../words/index.js';
import { attention } from './parts/attention.js';
import { diaryName } from './parts/names.js';
import { inWords } from './parts/problem.js';
import { rowName } from './parts/rows.js';

/** @typedef {import('./app.js').App} App */

export const place = 'more';
export const back = '/more';
export const title = () => say('unsent-title');

/** @param {App} app */
export function view(app) {
  const { phone, state } = app;
  const send = async () => {
    app.set({ isBusy: true });
    await phone.sync();
    app.set({ isBusy: false });
  };
  return html`
    <p>
      ${standing(phone)}${
        phone.syncedAt
          ? html`
              <br />
              <span class="small">${say('synced-at', { at: moment(phone.syncedAt) })}</span>
            `
          : nothing
      }
    </p>
    ${why(app)} ${attention(app)} ${stranded(app)}
    ${
      phone.standing === 'signed_in'
        ? html`
            <p class="buttons">
              <button type="button" ?disabled=${state.isBusy} @click=${send}>
                ${say(state.isBusy ? 'one-moment' : 'send-now')}
              </button>
            </p>
          `
        : nothing
    }
    <p class="small">${say('unsent-what')}</p>
  `;
}

/** What is here alone: what waits, and what is undecided. @param {App['phone']} phone */
const standing = ({ waiting, conflicts }) =>
  [
    waiting > 0 && say('waiting', { count: waiting }),
    conflicts.length > 0 && say('undecided', { count: conflicts.length }),
  ]
    .filter(Boolean)
    .join('. ') || say('all-sent');

/** What can't be sent any more, since somebody has ended the access. @param {App} app */
function stranded(app) {
  const { phone } = app;
  return phone.diaries
    .filter(({ hasEnded }) => hasEnded)
    .map(({ id, display_name, role, isMine }) => {
      const left = phone.unsent.filter(({ diary }) => diary === id);
      const name = diaryName({ display_name, role, isMine });
      const giveUp = async () => {
        const what = left.map((one) => rowName(app, one.table, one.id, one.row));
        if (
          !(await app.confirm({
            title: say('give-up-title'),
            text: say('give-up-text', { what: list(what) }),
            yes: say('give-up'),
          }))
        )
          return;
        for (const one of left) await phone.giveUp(one);
      };
      return left.length === 0
        ? nothing
        : html`
            <section class="card warning">
              <h2><bdi>${name}</bdi></h2>
              <p>${say('stranded', { count: left.length })}</p>
              <p class="buttons"><button type="button" @click=${giveUp}>${say('give-up')}</button></p>
            </section>
          `;
    });
}

/** @param {App} app */
function why({ phone }) {
  if (phone.clockOff !== null)
    return html`
      <p class="banner warning">
        ${say(phone.clockOff > 0 ? 'clock-ahead' : 'clock-behind', { count: Math.round(Math.abs(phone.clockOff) / 60) })}
      </p>
    `;
  if (phone.trouble)
    return html`
      <p class="banner warning" role="alert">${inWords(phone.trouble)}</p>
    `;
  return phone.waiting > 0 && !phone.isOnline
    ? html`
        <p>${say('unsent-offline')}</p>
      `
    : nothing;
}
