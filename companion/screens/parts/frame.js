// What stands around every screen: whose diary it is, what is on this phone alone, the bottom bar, and what was just said.

import { html, nothing } from '../../vendor/lit-html/lit-html.js';
import { say } from '../../words/index.js';
import { banners } from './banners.js';
import { dialog } from './dialog.js';
import { ownColour } from './names.js';

/** @typedef {import('../app.js').App} App */

/**
 * @type {{ place: import('../routes.js').Place, path: string, key: 'nav-log' | 'nav-diary' | 'nav-share' | 'nav-more' }[]}
 */
const PLACES = [
  { place: 'log', path: '#/', key: 'nav-log' },
  { place: 'diary', path: '#/diary', key: 'nav-diary' },
  { place: 'share', path: '#/share', key: 'nav-share' },
  { place: 'more', path: '#/more', key: 'nav-more' },
];

/** @param {App} app @param {string} title */
export function frame(app, title) {
  const { screen } = app.route;
  const heading = html`
    <h1 tabindex="-1" class=${screen.hidesTitle ? 'unseen' : ''}>${title}</h1>
  `;
  const said = html`
    <div class="notice" role="status">${app.notice ? notice(app, app.notice) : nothing}</div>
  `;
  const asked = app.question ? dialog(app, app.question) : nothing;
  if (screen.isBare)
    return html`
      ${said}
      <main class="bare">${heading}${screen.view(app)}</main>
      ${asked}
    `;
  return html`
    ${app.phone.standing === 'nobody' ? nothing : whose(app)} ${said}
    <main>${banners(app)}${back(app)}${heading}${screen.view(app)}</main>
    ${app.phone.standing === 'nobody' ? nothing : places(app)} ${asked}
  `;
}

/** Whose diary is open. It has a colour of its own when it is somebody else's. @param {App} app */
function whose(app) {
  const { diary, diaries } = app.phone;
  const isOthers = diary && !diary.isMine;
  const name = diary
    ? diary.settings.display_name || (diary.isMine ? say('my-diary') : say('diary-unnamed'))
    : say('no-diary');
  const words = isOthers ? say('diary-of', { name }) : name;
  return html`
    <header class="whose ${isOthers ? `others ${ownColour(diary.id)}` : ''}">
      <p>
        <bdi>${words}</bdi>
        ${
          isOthers
            ? html`
                <span class="small">${say(diary.canWrite ? 'you-write-for-them' : 'you-read-it')}</span>
              `
            : nothing
        }
      </p>
      ${
        diaries.length > 1
          ? html`
              <a class="quiet" href="#/diaries">${say('switch-diary')}</a>
            `
          : nothing
      }
    </header>
  `;
}

/** @param {App} app */
function back(app) {
  const { back: to } = app.route.screen;
  if (!to) return nothing;
  const path = typeof to === 'string' ? to : to(app);
  return html`
    <p class="back"><a class="quiet" href="#${path}">${say('back')}</a></p>
  `;
}

/** @param {App} app */
function places({ route }) {
  return html`
    <nav class="places" aria-label=${say('nav')}>
      ${PLACES.map(
        ({ place, path, key }) => html`
          <a href=${path} aria-current=${place === route.screen.place ? 'page' : nothing}>${say(key)}</a>
        `,
      )}
    </nav>
  `;
}

/** @param {App} app @param {import('../app.js').Notice} said */
function notice(app, said) {
  return html`
    <p>
      <span>${said.text}</span>
      ${
        said.undo
          ? html`
              <button type="button" class="quiet" @click=${() => app.undo()}>${say('undo')}</button>
            `
          : nothing
      }
    </p>
  `;
}
