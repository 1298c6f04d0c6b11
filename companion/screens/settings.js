// The diary's name, its zone, and what the person calls night.

import { html } from '../vendor/lit-html/lit-html.js';
import { say } from '../words/index.js';
import { field, read, select } from './parts/field.js';
import { zones } from './parts/offers.js';
import { save } from './parts/saving.js';

/** @typedef {import('./app.js').App} App */

export const place = 'more';
export const back = '/more';
export const title = () => say('settings-title');

/** @param {App} app */
export function view(app) {
  const { diary, state } = app;
  const { display_name, time_zone, night_start, night_end, evening_start } = state.typed ?? diary.settings;
  const { errors = {} } = state;
  return html`
    <form @submit=${(/** @type {SubmitEvent} */ event) => send(app, event)} novalidate>
      ${field({
        name: 'display_name',
        label: say('diary-name'),
        hint: say('diary-name-hint'),
        value: display_name ?? '',
        maxlength: 200,
      })}
      ${select({
        name: 'time_zone',
        label: say('field-time_zone'),
        hint: say('zone-hint'),
        value: time_zone,
        options: zones(time_zone),
      })}
      <fieldset class="row">
        <legend>${say('your-night')}</legend>
        <p class="small">${say('night-hint')}</p>
        ${field({ name: 'night_start', type: 'time', label: say('from'), value: night_start, error: errors.night_start })}
        ${field({ name: 'night_end', type: 'time', label: say('to'), value: night_end, error: errors.night_end })}
      </fieldset>
      ${field({
        name: 'evening_start',
        type: 'time',
        label: say('evening-from'),
        value: evening_start,
        error: errors.evening_start,
      })}
      <p class="buttons"><button class="first">${say('save')}</button></p>
    </form>
  `;
}

/** @param {App} app @param {SubmitEvent} event */
async function send(app, event) {
  event.preventDefault();
  const typed = read(event);
  /** @type {Record<string, string>} */
  const errors = {};
  for (const name of ['night_start', 'night_end', 'evening_start'])
    if (!typed[name]) errors[name] = say('fault-required');
  if (typed.night_start === typed.night_end) errors.night_end = say('fault-no-night');
  else if (lies(typed.evening_start, typed.night_start, typed.night_end))
    errors.evening_start = say('fault-evening-in-night');
  app.set({ typed, errors });
  if (Object.keys(errors).length > 0) return;
  const fields = { ...typed, display_name: typed.display_name.trim() || null };
  if (await save(app, () => app.diary.changeSettings(fields))) app.set({ typed: undefined });
}

/** Half-open; may wrap midnight. @param {string} time @param {string} from @param {string} to */
const lies = (time, from, to) => (from < to ? from <= time && time < to : (from <= time && time !== from) || time < to);
