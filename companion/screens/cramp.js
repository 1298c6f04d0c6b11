// While it lasts: a clock that runs, one line of what to do, a ring of fifteen seconds.

import { html, nothing } from '../vendor/lit-html/lit-html.js';
import { ring } from '../drawing/ring.js';
import { say } from '../words/index.js';
import { shake } from './cramp-now.js';
import { chip } from './parts/choices.js';
import { inWords } from './parts/problem.js';

/** @typedef {import('./app.js').App} App */
/** @typedef {import('../types.js').Measure} Measure */

export const isBare = true;
export const hidesTitle = true;
export const title = () => say('cramp-title');
export const ticks = 250;

/** What to do, one after the other. @type {Measure[]} */
const MEASURES = ['stretching', 'standing', 'walking', 'heat', 'massage'];
const WAIT = 15;

/** @param {App} app */
export function enter(app) {
  if (!app.diary.openCramp) app.go('/', { replace: true });
  else app.state.since = Date.now();
}

/** @param {App} app */
export function view(app) {
  const { state, diary } = app;
  const open = diary.openCramp;
  if (!open) return nothing;
  const seconds = Math.max(0, (Date.now() - Date.parse(open.started_at)) / 1000);
  const turn = ((Date.now() - (state.since ?? Date.now())) / 1000) % WAIT;
  const measure = MEASURES[(state.tried ?? 0) % MEASURES.length];
  return html`
    <div class="cramp">
      <div class="timer">
        ${ring(turn / WAIT)}
        <p class="clock" role="timer" aria-live="off" aria-label=${say('clock-since')}>${running(seconds)}</p>
      </div>
      <p class="todo" aria-live="polite">${say(`do-${/** @type {'stretching'} */ (measure)}`)}</p>
      <div class="acts">
        <button type="button" class="first great" @click=${() => letGo(app)}>${say('let-go')}</button>
        <button type="button" class="great" @click=${() => notYet(app)}>${say('not-yet')}</button>
      </div>
      <p class="asides">
        ${asleep(app, open.id)}
        <button type="button" class="quiet" @click=${() => undo(app, open.id)}>${say('undo-tap')}</button>
        <a class="quiet" href="#/">${say('leave-running')}</a>
      </p>
    </div>
  `;
}

/** "02:05", and with hours where it comes to that. @param {number} seconds */
function running(seconds) {
  const two = (/** @type {number} */ value) => String(Math.floor(value)).padStart(2, '0');
  const hours = Math.floor(seconds / 3600);
  return `${hours > 0 ? `${hours}:` : ''}${two((seconds / 60) % 60)}:${two(seconds % 60)}`;
}

/** At night it is offered, and not taken for granted. @param {App} app @param {string} id */
function asleep({ diary }, id) {
  const cramp = diary.episode(id);
  if (cramp?.period !== 'night') return nothing;
  const isChosen = cramp.context === 'asleep';
  return chip(say('i-was-asleep'), isChosen, () => diary.changeCramp(id, { context: isChosen ? null : 'asleep' }));
}

/** @param {App} app */
function notYet(app) {
  app.set({ tried: (app.state.tried ?? 0) + 1, since: Date.now() });
}

/** @param {App} app */
async function letGo(app) {
  const { diary, state } = app;
  const open = diary.openCramp;
  if (!open) return;
  const count = state.tried ?? 0;
  const tried = MEASURES.slice(0, Math.min(count, MEASURES.length));
  const measure = MEASURES[count % MEASURES.length];
  try {
    await diary.letGo({ measure, tried: tried.filter((other) => other !== measure) });
    shake();
    app.go(`/cramp/${open.id}/bed`, { replace: true });
  } catch (problem) {
    app.tell(inWords(problem));
  }
}

/** @param {App} app @param {string} id */
async function undo(app, id) {
  await app.diary.undoCramp(id);
  app.hush();
  app.go('/', { replace: true });
  app.tell(say('undone'));
}
