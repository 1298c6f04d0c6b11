// How sore the leg is on one day after a cramp.

import { html, nothing } from '../vendor/lit-html/lit-html.js';
import { longDate, say } from '../words/index.js';
import { chip, scale } from './parts/choices.js';
import { remove, save } from './parts/saving.js';
import { twoVersions } from './parts/two-versions.js';

/** @typedef {import('./app.js').App} App */

export const place = 'log';
export const back = (/** @type {App} */ { route }) => `/cramp/${route.params[0]}`;
export const title = () => say('soreness-title');

/** @param {App} app */
export function view(app) {
  const {
    diary,
    route: {
      params: [id, date],
    },
  } = app;
  const cramp = diary.episode(id);
  if (!cramp)
    return html`
      <p>${say('cramp-gone-why')}</p>
    `;
  const entry = diary.soreness(id).find((one) => one.date === date);
  const { level, tender_to_touch: tender = null, limits_walking: limits = null } = entry ?? {};
  const put = (/** @type {Partial<import('../types.js').SorenessFields>} */ fields) =>
    save(app, () =>
      diary.saveSoreness(id, date, { level: level ?? 0, tender_to_touch: tender, limits_walking: limits, ...fields }),
    );
  return html`
    ${twoVersions(app, 'soreness', `${id}.${date}`)}
    <p>${say('soreness-of', { date: longDate(date), cramp: longDate(cramp.local_date), time: cramp.local_time })}</p>
    ${scale({
      legend: say('how-sore'),
      value: level,
      keepsOne: true,
      least: say('soreness-over'),
      most: say('scale-worst'),
      choose: (chosen) => put({ level: chosen ?? 0 }),
    })}
    <fieldset class="choice" ?disabled=${level === undefined}>
      <legend>${say('soreness-how')}</legend>
      ${
        level === undefined
          ? html`
              <p class="small">${say('level-first')}</p>
            `
          : nothing
      }
      <div class="chips">
        ${chip(say('tender'), tender === true, () => put({ tender_to_touch: tender ? null : true }))}
        ${chip(say('limits'), limits === true, () => put({ limits_walking: limits ? null : true }))}
      </div>
    </fieldset>
    <p class="buttons below">
      <button type="button" class="first" @click=${() => app.back('/')}>${say('done')}</button>
      ${
        entry
          ? html`
              <button type="button" class="warning" @click=${() => gone(app, entry)}>${say('delete')}</button>
            `
          : nothing
      }
    </p>
  `;
}

/** @param {App} app @param {import('../types.js').Soreness} entry */
async function gone(app, { episode_id: id, date, level, tender_to_touch, limits_walking }) {
  const { diary } = app;
  const undo = () => diary.saveSoreness(id, date, { level, tender_to_touch, limits_walking });
  if (await remove(app, async () => (await diary.deleteSoreness(id, date), undo), say('entry-deleted'))) app.back('/');
}
