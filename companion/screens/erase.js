// Erasing the account and everything in it.

import { html, nothing } from '../vendor/lit-html/lit-html.js';
import { say } from '../words/index.js';
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
  return html`
    <p>${say('erase-what')}</p>
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

/** @param {App} app @param {SubmitEvent} event */
async function send(app, event) {
  event.preventDefault();
  const { password } = read(event);
  const { phone } = app;
  if (!password) {
    app.set({ error: say('fault-required') });
    return;
  }
  if (!(await app.confirm({ title: say('erase-really'), text: say('erase-text'), yes: say('erase') }))) return;
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
