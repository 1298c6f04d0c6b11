// A cramp of another time: its date, and the clock on the wall there.

import { html } from '../vendor/lit-html/lit-html.js';
import { instantAt, wallClock, write, zoneHere } from '../ground/clock.js';
import { say } from '../words/index.js';
import { logged } from './cramp-now.js';
import { field, read } from './parts/field.js';

/** @typedef {import('./app.js').App} App */

export const place = 'log';
export const back = '/';
export const title = () => say('earlier-title');

/** What is offered is that of the moment in which one came here. @param {App} app */
export function enter(app) {
  const { date, time } = wallClock(app.now, zoneHere());
  const [day] = app.route.params;
  app.state.typed = day ? { date: day, time: '' } : { date, time };
}

/** @param {App} app */
export function view(app) {
  const { date } = wallClock(app.now, zoneHere());
  const { errors = {}, typed } = app.state;
  return html`
    <form @submit=${(/** @type {SubmitEvent} */ event) => send(app, event)} novalidate>
      ${field({ name: 'date', type: 'date', label: say('date'), value: typed.date, max: date, error: errors.date })}
      ${field({
        name: 'time',
        type: 'time',
        label: say('time-began'),
        value: typed.time,
        error: errors.time,
        hint: say('time-hint'),
      })}
      <p class="buttons"><button class="first">${say('log-it')}</button></p>
    </form>
  `;
}

/** @param {App} app @param {SubmitEvent} event */
async function send(app, event) {
  event.preventDefault();
  const typed = read(event);
  const zone = zoneHere();
  const errors = {
    ...(!typed.date && { date: say('fault-required') }),
    ...(!typed.time && { time: say('fault-required') }),
  };
  app.set({ typed, errors });
  if (Object.keys(errors).length > 0) return;
  const instant = instantAt(typed.date, typed.time, zone);
  if (instant > app.now) {
    app.set({ errors: { time: say('fault-in_the_future') } });
    return;
  }
  const id = await logged(app, { started_at: write(instant, zone), time_zone: zone });
  if (id) app.go(`/cramp/${id}`, { replace: true });
}
