// Whoever comes for the first time: what this is, in one sentence.

import { html, nothing } from '../vendor/lit-html/lit-html.js';
import { clock, say } from '../words/index.js';

/** @typedef {import('./app.js').App} App */

export const title = () => say('app-name');

/** @param {App} app */
export const view = (app) => html`
  <div class="welcome">
    <p class="lead">${say('welcome-what')}</p>
    ${
      app.tapped
        ? html`
            <p class="banner">${say('tapped', { time: clock(app.tapped) })}</p>
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
    <p class="buttons">
      <a class="button first great" href="#/register">${say('register-title')}</a>
      <a class="button great" href="#/sign-in">${say('sign-in')}</a>
    </p>
    <ul class="promises">
      <li>${say('promise-offline')}</li>
      <li>${say('promise-yours')}</li>
      <li>${say('promise-no-diagnosis')}</li>
    </ul>
    <p><a class="quiet" href="#/appearance">${say('appearance-title')} · Language · Sprache</a></p>
  </div>
`;
