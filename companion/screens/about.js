// What this is, and which version of it.

import { html } from '../vendor/lit-html/lit-html.js';
import { say } from '../words/index.js';

export const place = 'more';
export const back = '/more';
export const title = () => say('about-title');

/** The version is in the address of every file: `/app/<version>/screens/about.js`. */
const VERSION = new URL(import.meta.url).pathname.split('/')[2];

export const view = () => html`
  <p>${say('about-what')}</p>
  <p>${say('no-diagnosis')}</p>
  <p>${say('about-version', { version: VERSION })}</p>
  <p class="small">${say('about-made-of')}</p>
  <p class="buttons"><a class="button" href="/docs">${say('about-docs')}</a></p>
`;
