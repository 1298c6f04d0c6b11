// The same, written in two places: both versions side by side, and the person chooses.

import { html } from '../vendor/lit-html/lit-html.js';
import { say } from '../words/index.js';
import { fieldName, fieldValue, rowName } from './parts/rows.js';
import { save } from './parts/saving.js';

/** @typedef {import('./app.js').App} App */
/** @typedef {import('../types.js').Conflict} Conflict */

export const place = 'log';
export const back = '/';
export const title = () => say('conflict-title');

/** @param {App} app @returns {Conflict | undefined} */
const found = ({
  phone,
  route: {
    params: [diary, table, id],
  },
}) => phone.conflicts.find((one) => one.diary === diary && one.table === table && one.id === id);

/** @param {App} app */
export function view(app) {
  const conflict = found(app);
  if (!conflict)
    return html`
      <p class="line">${say('conflict-over')}</p>
      <p><a class="button" href="#/">${say('back')}</a></p>
    `;
  const { table, id, ours, theirs } = conflict;
  return html`
    <p>${say('conflict-what', { what: rowName(app, table, id, ours ?? theirs) })}</p>
    ${side(app, conflict, 'ours')} ${side(app, conflict, 'theirs')}
    <p class="small">${say('conflict-kept')}</p>
  `;
}

/** @param {App} app @param {Conflict} conflict @param {'ours' | 'theirs'} whose */
function side(app, conflict, whose) {
  const row = conflict[whose];
  const keep = async () => {
    const act = () => (whose === 'ours' ? app.phone.keepOurs(conflict) : app.phone.keepTheirs(conflict));
    if (await save(app, act, say('chosen'))) app.go('/', { replace: true });
  };
  return html`
    <section class="card">
      <h2>${say(`version-${whose}`)}</h2>
      ${
        row === null
          ? html`
              <p>${say('version-deleted')}</p>
            `
          : html`
              <dl class="facts">
                ${conflict.fields.map(
                  (field) => html`
                    <div>
                      <dt>${fieldName(field)}</dt>
                      <dd>${fieldValue(field, row[field])}</dd>
                    </div>
                  `,
                )}
              </dl>
            `
      }
      <p class="buttons">
        <button type="button" class="first" aria-label="${say('keep-this')}: ${say(`version-${whose}`)}" @click=${keep}>
          ${say('keep-this')}
        </button>
      </p>
    </section>
  `;
}
