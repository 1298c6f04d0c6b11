// Opening an account.

import { html, nothing } from '../vendor/lit-html/lit-html.js';
import { zoneHere } from '../ground/clock.js';
import { say } from '../words/index.js';
import { deviceName } from './parts/device.js';
import { tryIt } from './parts/entering.js';
import { field, read } from './parts/field.js';
import { missing } from './sign-in.js';

/** @typedef {import('./app.js').App} App */

export const back = '/welcome';
export const title = () => say('register-title');

/** @param {App} app */
export function view(app) {
  const { errors = {}, problem, isBusy, typed = {} } = app.state;
  return html`
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
        value: typed.email ?? '',
        autocomplete: 'username',
        error: errors.email,
      })}
      ${field({
        name: 'password',
        type: 'password',
        label: say('password'),
        hint: say('password-hint'),
        autocomplete: 'new-password',
        error: errors.password,
      })}
      ${field({
        name: 'display_name',
        label: say('your-name'),
        hint: say('your-name-hint'),
        value: typed.display_name ?? '',
        autocomplete: 'name',
        maxlength: 200,
        error: errors.display_name,
      })}
      ${
        problem
          ? html`
              <p class="banner warning" role="alert">${problem}</p>
            `
          : nothing
      }
      <p class="small">${say('password-keep')}</p>
      <p class="buttons">
        <button class="first great" ?disabled=${isBusy}>${say(isBusy ? 'one-moment' : 'register')}</button>
      </p>
    </form>
    <p><a class="quiet" href="#/sign-in">${say('have-account')}</a></p>
  `;
}

/** @param {App} app @param {SubmitEvent} event */
async function send(app, event) {
  event.preventDefault();
  const typed = read(event);
  const { email, password, display_name: name } = typed;
  app.set({ typed: { email, display_name: name } });
  if (missing(app, typed, ['email', 'password'])) return;
  await tryIt(app, (discard) =>
    app.phone.register({
      email: email.trim(),
      password,
      display_name: name.trim() || null,
      time_zone: zoneHere(),
      device_name: deviceName(),
      ...(discard && { discard }),
    }),
  );
}
