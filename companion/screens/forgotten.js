// A forgotten password. There is no mail to send a new one by, and that is said.

import { html } from '../vendor/lit-html/lit-html.js';
import { say } from '../words/index.js';

/** @typedef {import('./app.js').App} App */

export const back = '/sign-in';
export const title = () => say('forgotten-title');

/** @param {App} app */
export const view = ({ phone }) => html`
  <p>${say('forgotten-no-mail')}</p>
  <ul class="promises">
    <li>${say('forgotten-manager')}</li>
    <li>${say('forgotten-other-device')}</li>
    <li>${say('forgotten-shared')}</li>
  </ul>
  <p>${say(phone.standing === 'ended' ? 'forgotten-still-here' : 'forgotten-new')}</p>
  <p class="buttons"><a class="button first" href="#/sign-in">${say('sign-in')}</a></p>
`;
