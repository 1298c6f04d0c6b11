// Erasing the account and everything in it.

import { html, nothing } from '../vendor/lit-html/lit-html.js';
import { say } from '../words/index.js';
import { lost } from './parts/alone.js';
import { field, read } from './parts/field.js';
import { faults, inWords } from './parts/problem.js';

/** @typedef {import('./app.js').App} App */

export const place = 'more';
export const back = '/more';
export const title = () => say('erase-title');

/** @param {App} app */
export function view(app) {
  const {
    state: { error, isBusy },
    phone,
  } = app;
  const words = ofOthers(app);
  return html`
    <p>${say('erase-what')}</p>
    ${
      words
        ? html`
            <p class="banner warning">
              <span>${words}</span>
              <a class="button" href="#/unsent">${say('unsent-title')}</a>
            </p>
          `
        : nothing
    }
    <p><a class="button" href="#/export">${say('erase-export')}</a></p>
    ${
      phone.isOnline
        ? nothing
        : html`
            <p class="banner">${say('needs-network')}</p>
          `
    }
    <form @submit=${(/** @type {SubmitEvent} */ event) => send(app, event)} novalidate>
      ${field({ name: 'password', type: 'password', label: say('password'), autocomplete: 'current-password', error })}
      <p class="buttons">
        <button class="warning" ?disabled=${isBusy || !phone.isOnline}>${say(isBusy ? 'one-moment' : 'erase')}</button>
      </p>
    </form>
  `;
}

/**
 * The own diary is to be gone; what was noted for somebody else was to stay.
 * @param {App} app
 */
const ofOthers = ({ phone }) => lost(phone, (diary) => !phone.diaries.some(({ id, isMine }) => isMine && id === diary));

/** @param {App} app @param {SubmitEvent} event */
async function send(app, event) {
  event.preventDefault();
  const { password } = read(event);
  const { phone } = app;
  if (!password) {
    app.set({ error: say('fault-required') });
    return;
  }
  const text = [ofOthers(app), say('erase-text')].filter(Boolean).join(' ');
  if (!(await app.confirm({ title: say('erase-really'), text, yes: say('erase') }))) return;
  app.set({ isBusy: true, error: '' });
  try {
    const erased = await app.withProof(() => phone.call('DELETE', '/v1/me', { password }).then(() => true));
    if (!erased) {
      app.set({ isBusy: false });
      return;
    }
    await phone.signOut();
    app.go('/welcome', { replace: true });
    app.tell(say('erased'));
  } catch (problem) {
    app.set({ isBusy: false, error: faults(problem).password ?? inWords(problem) });
  }
}
