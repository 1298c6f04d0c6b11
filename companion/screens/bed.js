// Back in bed: three questions, each one tap, none of which has to be answered.

import { html, nothing } from '../vendor/lit-html/lit-html.js';
import { say } from '../words/index.js';
import { isNight } from './look.js';
import { one, scale } from './parts/choices.js';
import { change } from './parts/saving.js';

/** @typedef {import('./app.js').App} App */

export const isBare = true;
export const title = (/** @type {App} */ app) => say(app.state.isDim ? 'noted' : 'bed-title');
export const hidesTitle = false;

const LIGHTS_OUT = 4_000;

/** @param {App} app */
export function view(app) {
  const [id] = app.route.params;
  const cramp = app.diary.episode(id);
  if (!cramp)
    return html`
      <p>${say('cramp-gone')}</p>
      <p><a class="button" href="#/">${say('back')}</a></p>
    `;
  if (app.state.isDim) return dimmed(app);
  const side = cramp.sites[0]?.side ?? null;
  /** Whoever is woken was asleep; more is not known. @param {boolean | null} woke */
  const woke = (woke) =>
    change(app, id, {
      interrupted_sleep: woke,
      ...(woke && !cramp.context && { context: /** @type {const} */ ('asleep') }),
    });
  return html`
    <div class="bed">
      ${scale({
        legend: say('how-bad'),
        value: cramp.intensity,
        least: say('scale-none'),
        most: say('scale-worst'),
        choose: (intensity) => change(app, id, { intensity }),
      })}
      ${one({
        legend: say('which-leg'),
        hint: cramp.sites.length > 1 ? say('several-places') : say('calf-taken'),
        value: side,
        options: ['left', 'right', 'both'].map((value) => ({
          value,
          label: say(`leg-${/** @type {'left'} */ (value)}`),
        })),
        choose: (chosen) =>
          change(app, id, {
            sites: chosen
              ? [{ part: cramp.sites[0]?.part ?? 'calf', side: chosen }, ...cramp.sites.slice(1)]
              : cramp.sites.slice(1),
          }),
      })}
      ${one({
        legend: say('did-it-wake-you'),
        value: cramp.interrupted_sleep,
        options: [
          { value: true, label: say('yes') },
          { value: false, label: say('no') },
        ],
        choose: woke,
      })}
      <p class="acts">
        <button type="button" class="first great" @click=${() => dim(app)}>
          ${say(isNight(app.now) ? 'good-night' : 'done')}
        </button>
      </p>
      <p class="asides"><a class="quiet" href="#/cramp/${id}">${say('tell-more')}</a></p>
    </div>
  `;
}

/** @param {App} app */
function dim(app) {
  if (!isNight(app.now)) {
    app.go('/', { replace: true });
    return;
  }
  app.hush();
  app.set({ isDim: true });
  const { state } = app;
  setTimeout(() => state === app.state && app.go('/', { replace: true }), LIGHTS_OUT);
}

/** @param {App} app */
const dimmed = (app) => html`
  <button type="button" class="lights-out" @click=${() => app.go('/', { replace: true })}>
    <span role="status">${say('noted-good-night')}</span>
  </button>
  ${nothing}
`;
