// An address that leads nowhere.

import { html } from '../vendor/lit-html/lit-html.js';
import { say } from '../words/index.js';

export const place = 'log';
export const title = () => say('missing-title');
export const view = () => html`
  <p>${say('missing-text')}</p>
  <p class="buttons"><a class="button first" href="#/">${say('nav-log')}</a></p>
`;
