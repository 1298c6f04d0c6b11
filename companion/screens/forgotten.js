// A forgotten password: a mail leads to another one, where the service sends any. Where it sends none, that is said.

import { html, nothing } from '../vendor/lit-html/lit-html.js';
import { say } from '../words/index.js';
import { field, read } from './parts/field.js';
import { inWords } from './parts/problem.js';
import { missing } from './sign-in.js';

/** @typedef {import('./app.js').App} App */

export const back = '/sign-in';
export const title = () => say('forgotten-title');

/** @param {App} app */
export function view(app) {
  const { asked, hasNoMail } = app.state;
  if (hasNoMail) return withoutMail(app);
  return asked ? isAsked(asked) : asks(app);
}

/** @param {App} app */
function asks(app) {
  const { errors = {}, problem, isBusy, typed = {} } = app.state;
  return html`
    <p>${say('forgotten-what')}</p>
    <form @submit=${(/** @type {SubmitEvent} */ event) => send(app, event)} novalidate>
      ${field({
        name: 'email',
        type: 'email',
        label: say('email'),
        value: typed.email ?? app.phone.account?.email ?? '',
        autocomplete: 'username',
        error: errors.email,
      })}
      ${
        problem
          ? html`
              <p class="banner warning" role="alert">${problem}</p>
            `
          : nothing
      }
      <p class="buttons">
        <button class="first great" ?disabled=${isBusy}>${say(isBusy ? 'one-moment' : 'forgotten-send')}</button>
      </p>
    </form>
    ${staysHere(app)}
  `;
}

/** @param {string} email */
const isAsked = (email) => html`
  <p role="status">${say('forgotten-sent', { email })}</p>
  <p>${say('forgotten-none')}</p>
  <p class="buttons"><a class="button first" href="#/sign-in">${say('sign-in')}</a></p>
`;

/** @param {App} app */
const withoutMail = (app) => html`
  <p role="alert">${say('forgotten-no-mail')}</p>
  <ul class="promises">
    <li>${say('forgotten-manager')}</li>
    <li>${say('forgotten-other-device')}</li>
    <li>${say('forgotten-shared')}</li>
  </ul>
  <p>${say(app.phone.standing === 'ended' ? 'forgotten-still-here' : 'forgotten-new')}</p>
  <p class="buttons"><a class="button first" href="#/sign-in">${say('sign-in')}</a></p>
`;

/** @param {App} app */
const staysHere = ({ phone }) =>
  phone.standing === 'ended'
    ? html`
        <p>${say('forgotten-still-here')}</p>
      `
    : nothing;

/** @param {App} app @param {SubmitEvent} event */
async function send(app, event) {
  event.preventDefault();
  const typed = read(event);
  app.set({ typed, errors: {}, problem: '' });
  if (missing(app, typed, ['email'])) return;
  app.set({ isBusy: true });
  const email = typed.email.trim();
  try {
    await app.phone.askForMail(email);
    app.set({ isBusy: false, asked: email });
  } catch (thrown) {
    const { code } = /** @type {import('./parts/problem.js').Problem} */ (thrown);
    const hasNoMail = code === 'mail_not_configured';
    app.set({ isBusy: false, hasNoMail, problem: hasNoMail ? '' : inWords(thrown) });
  }
}
