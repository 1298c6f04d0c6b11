// Quiet lines above every screen: what is not sent, what is wrong with keeping, what waits for the person.

import { html, nothing } from '../../vendor/lit-html/lit-html.js';
import { say } from '../../words/index.js';

/** @param {import('../app.js').App} app */
export function banners(app) {
  const { phone } = app;
  const lines = [
    app.takeUpdate &&
      html`
        <p class="banner">
          <span>${say('update-there')}</span>
          <button type="button" @click=${app.takeUpdate}>${say('update-take')}</button>
        </p>
      `,
    phone.storage &&
      html`
        <p class="banner warning" role="alert">${say(`storage-${phone.storage}`)}</p>
      `,
    phone.standing === 'ended' &&
      html`
        <p class="banner warning">
          <span>${say('session-ended')}</span>
          <a class="button" href="#/sign-in">${say('sign-in')}</a>
        </p>
      `,
    waiting(phone),
  ];
  return lines.map((line) => line || nothing);
}

/** @param {import('../app.js').Phone} phone */
function waiting({ waiting: count, isOnline, standing }) {
  if (standing === 'nobody') return nothing;
  if (count > 0)
    return html`
      <p class="line"><a href="#/unsent">${say('waiting', { count })}</a></p>
    `;
  return isOnline
    ? nothing
    : html`
        <p class="line">${say('offline-line')}</p>
      `;
}
