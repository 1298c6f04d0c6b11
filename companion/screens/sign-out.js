// Signing out takes everything off this phone.

import { html, nothing } from '../vendor/lit-html/lit-html.js';
import { say } from '../words/index.js';
import { inWords } from './parts/problem.js';

/** @typedef {import('./app.js').App} App */

export const place = 'more';
export const back = '/more';
export const title = () => say('sign-out');

/** @param {App} app */
export function view(app) {
  const { phone, state } = app;
  return html`
    <p>${say('sign-out-what')}</p>
    ${
      phone.waiting > 0
        ? html`
            <div class="banner warning">
              <p>${say('sign-out-unsent', { count: phone.waiting })}</p>
              ${
                phone.standing === 'signed_in'
                  ? html`
                      <p><button type="button" @click=${() => phone.sync()}>${say('send-now')}</button></p>
                    `
                  : nothing
              }
            </div>
          `
        : nothing
    }
    <p class="buttons">
      <button type="button" class="warning" ?disabled=${state.isBusy} @click=${() => out(app)}>
        ${say(state.isBusy ? 'one-moment' : phone.waiting > 0 ? 'sign-out-anyway' : 'sign-out')}
      </button>
    </p>
  `;
}

/** @param {App} app */
async function out(app) {
  const { phone } = app;
  const count = phone.waiting;
  if (
    count > 0 &&
    !(await app.confirm({
      title: say('sign-out-title'),
      text: say('sign-out-unsent', { count }),
      yes: say('sign-out-anyway'),
    }))
  )
    return;
  app.set({ isBusy: true });
  try {
    await phone.signOut();
    app.hush();
    app.go('/welcome', { replace: true });
    app.tell(say('signed-out'));
  } catch (problem) {
    app.set({ isBusy: false });
    app.tell(inWords(problem));
  }
}
