// Signing in, with the code of the second factor when it is asked for.

import { canAsk } from '../ground/passkey.js';
import { html, nothing } from '../vendor/lit-html/lit-html.js';
import { say } from '../words/index.js';
import { deviceName } from './parts/device.js';
import { tryIt } from './parts/entering.js';
import { field, read } from './parts/field.js';

/** @typedef {import('./app.js').App} App */

export const back = (/** @type {App} */ { phone }) => (phone.standing === 'nobody' ? '/welcome' : '/');
export const title = () => say('sign-in');

/** @param {App} app */
export function view(app) {
  const {
    state: { errors = {}, problem, needsCode, isBusy, typed = {} },
    phone,
  } = app;
  return html`
    ${
      phone.standing === 'ended'
        ? html`
            <p>${say('sign-in-again')}</p>
          `
        : nothing
    }
    ${
      navigator.onLine
        ? nothing
        : html`
            <p class="banner">${say('welcome-offline')}</p>
          `
    }
    <form @submit=${(/** @type {SubmitEvent} */ event) => send(app, event)} novalidate>
      ${field({
        name: 'email',
        type: 'email',
        label: say('email'),
        value: typed.email ?? phone.account?.email ?? '',
        autocomplete: 'username',
        error: errors.email,
      })}
      ${field({
        name: 'password',
        type: 'password',
        label: say('password'),
        autocomplete: 'current-password',
        error: errors.password,
      })}
      ${
        needsCode
          ? field({
              name: 'code',
              label: say('code'),
              hint: say('code-hint'),
              autocomplete: 'one-time-code',
              error: errors.code,
            })
          : nothing
      }
      ${
        problem
          ? html`
              <p class="banner warning" role="alert">${problem}</p>
            `
          : nothing
      }
      <p class="buttons">
        <button class="first great" ?disabled=${isBusy}>${say(isBusy ? 'one-moment' : 'sign-in')}</button>
      </p>
    </form>
    ${
      canAsk()
        ? html`
            <p class="buttons">
              <button type="button" ?disabled=${isBusy} @click=${() => byPasskey(app)}>${say('sign-in-passkey')}</button>
            </p>
          `
        : nothing
    }
    <p><a class="quiet" href="#/forgotten">${say('forgotten-title')}</a></p>
    ${
      phone.standing === 'nobody'
        ? html`
            <p><a class="quiet" href="#/register">${say('register-title')}</a></p>
          `
        : nothing
    }
  `;
}

/** @param {App} app */
const byPasskey = (app) =>
  tryIt(app, (discard) => app.phone.signInByPasskey({ device_name: deviceName(), ...(discard && { discard }) }));

/** @param {App} app @param {SubmitEvent} event */
async function send(app, event) {
  event.preventDefault();
  const typed = read(event);
  app.set({ typed: { email: typed.email } });
  if (missing(app, typed, ['email', 'password'])) return;
  const { email, password, code } = typed;
  await tryIt(app, (discard) =>
    app.phone.signIn({
      email: email.trim(),
      password,
      device_name: deviceName(),
      ...(code && { code }),
      ...(discard && { discard }),
    }),
  );
}

/**
 * What was left empty is said before anything is sent.
 * @param {App} app
 * @param {Record<string, string>} typed
 * @param {string[]} names
 */
export function missing(app, typed, names) {
  const empty = names.filter((name) => !typed[name]?.trim());
  if (empty.length === 0) return false;
  app.set({ errors: Object.fromEntries(empty.map((name) => [name, say('fault-required')])), problem: '' });
  document.getElementById(empty[0])?.focus();
  return true;
}
