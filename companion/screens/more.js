// Everything that is not needed every night.

import { html, nothing } from '../vendor/lit-html/lit-html.js';
import { moment, say } from '../words/index.js';

/** @typedef {import('./app.js').App} App */

export const place = 'more';
export const title = () => say('nav-more');

/** @param {App} app */
export function view(app) {
  const { phone } = app;
  const owns = phone.diaries.some(({ isMine }) => isMine);
  return html`
    ${group(whose(phone), [
      phone.diary && link('#/going', 'going-title'),
      phone.diary && link('#/treatments', 'treatments-title'),
      phone.diary?.canWrite && link('#/settings', 'settings-title'),
      owns && link('#/export', 'export-title'),
      phone.diary?.canWrite && link('#/import', 'import-title'),
    ])}
    ${group(say('more-others'), [phone.diaries.length > 1 && link('#/diaries', 'diaries-title'), link('#/redeem', 'redeem-title')])}
    ${group(say('more-phone'), [
      link(
        '#/unsent',
        'unsent-title',
        phone.waiting > 0
          ? say('waiting', { count: phone.waiting })
          : phone.conflicts.length > 0
            ? say('undecided', { count: phone.conflicts.length })
            : phone.syncedAt
              ? say('synced-at', { at: moment(phone.syncedAt) })
              : '',
      ),
      link('#/appearance', 'appearance-title'),
      app.install
        ? html`
            <li><button type="button" @click=${app.install}>${say('install')}</button></li>
          `
        : !matchMedia('(display-mode: standalone)').matches &&
          html`
            <li class="line small">${say('install-by-menu')}</li>
          `,
    ])}
    ${group(say('more-account'), [
      phone.account &&
        html`
          <li class="line"><bdi>${phone.account.email}</bdi></li>
        `,
      link('#/devices', 'devices-title'),
      link('/second-factor', 'second-factor', say('opens-page')),
      link('/passkeys', 'passkeys', say('opens-page')),
      link('/password', 'password-change', say('opens-page')),
      link('/email', 'email-address', say('opens-page')),
      link('/notices', 'notices', say('opens-page')),
      link('#/sign-out', 'sign-out'),
      link('#/erase', 'erase-title'),
    ])}
    ${group(say('more-about'), [link('#/about', 'about-title')])}
  `;
}

/** Whose diary is open. @param {App['phone']} phone */
function whose({ diary }) {
  if (!diary || diary.isMine) return say('more-diary');
  return say('diary-of', { name: diary.settings.display_name || say('diary-unnamed') });
}

/** @param {string} name @param {unknown[]} links */
const group = (name, links) => html`
  <section>
    <h2>${name}</h2>
    <ul class="rows links">
      ${links.map((one) => one || nothing)}
    </ul>
  </section>
`;

/** @param {string} address @param {import('../words/index.js').Key} key @param {string} [below] */
const link = (address, key, below) => html`
  <li>
    <a href=${address}>
      <span>${say(key)}</span>
      ${
        below
          ? html`
              <span class="small">${below}</span>
            `
          : nothing
      }
    </a>
  </li>
`;
