// Whose diary is open.

import { html, nothing } from '../vendor/lit-html/lit-html.js';
import { say } from '../words/index.js';
import { diaryName, ownColour } from './parts/names.js';

/** @typedef {import('./app.js').App} App */

export const place = 'more';
export const back = '/more';
export const title = () => say('diaries-title');

/** @param {App} app */
export function view(app) {
  const { phone } = app;
  if (phone.diaries.length === 0) {
    return html`
      <p class="empty line">${say(phone.account?.kind === 'clinician' ? 'clinician-here' : 'diaries-none')}</p>
      <p class="buttons">
        <a class="button first" href="#/redeem">${say('redeem-title')}</a>
        ${
          phone.account?.kind === 'clinician'
            ? html`
                <a class="button" href="/clinic">${say('clinic-pages')}</a>
              `
            : nothing
        }
      </p>
    `;
  }
  return html`
    <ul class="people">
      ${phone.diaries.map((head) => one(app, head))}
    </ul>
    <p class="buttons"><a class="button" href="#/redeem">${say('redeem-title')}</a></p>
  `;
}

/** @param {App} app @param {import('../types.js').DiaryHead} head */
function one(app, { id, display_name, role, isMine, hasEnded }) {
  const { phone } = app;
  const isOpen = phone.diary?.id === id;
  const open = async () => {
    await phone.choose(id);
    app.go('/');
  };
  const what = hasEnded
    ? say('access-ended')
    : isMine
      ? say('your-own')
      : say(role === 'contributor' ? 'you-write-for-them' : 'you-read-it');
  return html`
    <li>
      <button
        type="button"
        class="person ${isMine ? '' : ownColour(id)}"
        aria-pressed=${isOpen ? 'true' : 'false'}
        @click=${open}
      >
        <bdi>${diaryName({ display_name, role, isMine })}</bdi>
        <span class="small">${what}</span>
      </button>
    </li>
  `;
}
