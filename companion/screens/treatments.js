// What was begun against the cramps, and when.

import { html, nothing } from '../vendor/lit-html/lit-html.js';
import { fullDate, say, sayOf } from '../words/index.js';
import { save } from './parts/saving.js';
import { twoVersions } from './parts/two-versions.js';

/** @typedef {import('./app.js').App} App */

export const place = 'more';
export const back = '/more';
export const title = () => say('treatments-title');

/** @param {App} app */
export function view(app) {
  const { treatments, canWrite } = app.diary;
  return html`
    <p>${say('treatments-what')}</p>
    ${
      treatments.length === 0
        ? html`
            <p class="empty line">${say('treatments-empty')}</p>
          `
        : nothing
    }
    ${treatments.map((treatment) => card(app, treatment))}
    ${
      canWrite
        ? html`
            <p class="buttons"><a class="button first" href="#/treatments/new">${say('treatment-new')}</a></p>
          `
        : nothing
    }
  `;
}

/** @param {App} app @param {import('../types.js').Treatment} treatment */
function card(app, treatment) {
  const { id, name, kind, dose, started_on: from, ended_on: to } = treatment;
  const today = app.diary.today(app.now);
  // What is done to a vein is over in a day.
  const runs = to === null && from <= today && kind !== 'vein_treatment';
  const stop = () =>
    save(
      app,
      () => app.diary.saveTreatment(id, { ...fieldsOf(treatment), ended_on: today }),
      say('treatment-stopped', { name }),
    );
  return html`
    <section class="card">
      <h2>${name}</h2>
      <p>
        ${[sayOf('kind', kind), dose].filter(Boolean).join(' · ')}
        <br />
        ${to ? say('from-to', { from: fullDate(from), to: fullDate(to) }) : say('since', { from: fullDate(from) })}
      </p>
      ${twoVersions(app, 'treatments', id)}
      ${
        app.diary.canWrite
          ? html`
              <p class="buttons">
                <a class="button" href="#/treatments/${id}" aria-label="${say('change')}: ${name}">${say('change')}</a>
                ${
                  runs
                    ? html`
                        <button type="button" @click=${stop} aria-label="${say('stop-today')}: ${name}">
                          ${say('stop-today')}
                        </button>
                      `
                    : nothing
                }
              </p>
            `
          : nothing
      }
    </section>
  `;
}

/**
 * What a person says of a treatment.
 * @param {import('../types.js').Treatment} treatment
 * @returns {import('../types.js').TreatmentFields}
 */
export const fieldsOf = ({ kind, name, dose, side, started_on, ended_on, note }) => ({
  kind,
  name,
  dose,
  side,
  started_on,
  ended_on,
  note,
});
