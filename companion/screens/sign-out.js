// Signing out takes everything off this phone.

import { html, nothing } from '../vendor/lit-html/lit-html.js';
import { say } from '../words/index.js';
import { lost } from './parts/alone.js';
import { attention } from './parts/attention.js';
import { inWords } from './parts/problem.js';

/** @typedef {import('./app.js').App} App */

export const place = 'more';
export const back = '/more';
export const title = () => say('sign-out');

/** @param {App} app */
export function view(app) {
  const { phone, state } = app;
  const words = lost(phone);
  return html`
    <p>${say('sign-out-what')}</p>
    ${
      words
        ? html`
            <div class="banner warning">
              <p>${words}</p>
              ${
                phone.standing === 'signed_in' && phone.waiting > 0
                  ? html`
                      <p><button type="button" @click=${() => phone.sync()}>${say('send-now')}</button></p>
                    `
                  : nothing
              }
            </div>
          `
        : nothing
    }
    ${attention(app)}
    <p class="buttons">
      <button type="button" class="warning" ?disabled=${state.isBusy} @click=${() => out(app)}>
        ${say(state.isBusy ? 'one-moment' : words ? 'sign-out-anyway' : 'sign-out')}
      </button>
    </p>
  `;
}

/** @param {App} app */
async function out(app) {
  const { phone } = app;
  const words = lost(phone);
  if (
    words &&
    !(await app.confirm({
      title: say('sign-out-title'),
      text: words,
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
