// A code from somebody who wants help with their diary.

import { html, nothing } from '../vendor/lit-html/lit-html.js';
import { say } from '../words/index.js';
import { field, read } from './parts/field.js';
import { inWords } from './parts/problem.js';

/** @typedef {import('./app.js').App} App */

export const place = 'more';
export const back = '/more';
export const title = () => say('redeem-title');

/** @param {App} app */
export function view(app) {
  const { state, phone } = app;
  return html`
    <p>${say('redeem-what')}</p>
    ${
      phone.isOnline
        ? nothing
        : html`
            <p class="banner">${say('needs-network')}</p>
          `
    }
    <form @submit=${(/** @type {SubmitEvent} */ event) => send(app, event)} novalidate>
      ${field({
        name: 'code',
        label: say('redeem-code'),
        hint: say('redeem-hint'),
        autocomplete: 'one-time-code',
        maxlength: 40,
        error: state.error,
      })}
      <p class="buttons">
        <button class="first" ?disabled=${state.isBusy || !phone.isOnline}>
          ${say(state.isBusy ? 'one-moment' : 'redeem')}
        </button>
      </p>
    </form>
  `;
}

/** @param {App} app @param {SubmitEvent} event */
async function send(app, event) {
  event.preventDefault();
  const { code } = read(event);
  const { phone } = app;
  if (!code.trim()) {
    app.set({ error: say('fault-required') });
    return;
  }
  app.set({ isBusy: true, error: '' });
  try {
    const grant = await phone.call('POST', '/v1/invitations/redeem', { code });
    await phone.sync();
    await phone.choose(grant.diary_id);
    app.go('/', { replace: true });
    app.tell(say('redeemed'));
  } catch (problem) {
    const { code: kind } = /** @type {any} */ (problem);
    app.set({
      isBusy: false,
      error: kind === 'not_found' || kind === 'validation_failed' ? say('code-unknown') : inWords(problem),
    });
  }
}
