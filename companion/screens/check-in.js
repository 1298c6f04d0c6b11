// A whole day: whether there were cramps, and what there was that may bring one on.

import { html, nothing } from '../vendor/lit-html/lit-html.js';
import { longDate, say } from '../words/index.js';
import { one, several } from './parts/choices.js';
import { note } from './parts/field.js';
import { triggersOf } from './parts/offers.js';
import { remove, save } from './parts/saving.js';
import { twoVersions } from './parts/two-versions.js';

/** @typedef {import('./app.js').App} App */

export const place = 'diary';
export const back = '/diary';
export const title = (/** @type {App} */ { route }) => longDate(route.params[0]);

/** @param {App} app */
export function view(app) {
  const {
    diary,
    route: {
      params: [date],
    },
  } = app;
  const entry = diary.checkIns.get(date);
  const cramps = diary.episodes.filter(({ local_date: day }) => day === date).length;
  const { cramp_free: isFree, triggers = [], note: text = null } = entry ?? {};
  const put = (/** @type {Partial<import('../types.js').CheckInFields>} */ fields) =>
    save(
      app,
      () => diary.checkIn(date, { cramp_free: isFree ?? cramps === 0, triggers, note: text, ...fields }),
      say('day-noted'),
    );
  return html`
    ${twoVersions(app, 'check_ins', date)}
    <fieldset class="all" ?disabled=${!diary.canWrite}>
      <legend class="unseen">${longDate(date)}</legend>
      ${one({
        legend: say('day-had'),
        value: isFree,
        hint: cramps > 0 ? say('day-has-cramps', { count: cramps }) : say('day-what'),
        options: [
          { value: true, label: say('day-free') },
          { value: false, label: say('day-cramps-logged') },
        ],
        choose: (chosen) => chosen !== null && put({ cramp_free: chosen }),
      })}
      ${
        isFree && cramps > 0
          ? html`
              <p class="banner warning">${say('day-contradicts')}</p>
            `
          : nothing
      }
      ${
        entry
          ? html`
              ${several({
                legend: say('day-triggers'),
                values: triggers,
                options: triggersOf(diary, triggers),
                choose: (chosen) => put({ triggers: chosen }),
              })}
              ${note({
                name: 'note',
                label: say('field-note'),
                value: text ?? '',
                change: (value) => put({ note: value.trim() || null }),
              })}
            `
          : nothing
      }
    </fieldset>
    ${
      entry && diary.canWrite
        ? html`
            <p class="buttons below">
              <button type="button" class="warning" @click=${() => gone(app, entry)}>${say('delete')}</button>
            </p>
          `
        : nothing
    }
  `;
}

/** @param {App} app @param {import('../types.js').CheckIn} entry */
async function gone(app, { date, cramp_free, triggers, note: text }) {
  const { diary } = app;
  const undo = () => diary.checkIn(date, { cramp_free, triggers, note: text });
  if (await remove(app, async () => (await diary.deleteCheckIn(date), undo), say('entry-deleted')))
    app.go('/diary', { replace: true });
}
