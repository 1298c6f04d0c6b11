// What a cramp said before, who changed it, and when.

import { html, nothing } from '../vendor/lit-html/lit-html.js';
import { moment, say } from '../words/index.js';
import { all, load, loaded } from './parts/loading.js';
import { fieldName, fieldValue } from './parts/rows.js';

/** @typedef {import('./app.js').App} App */

export const place = 'diary';
export const back = (/** @type {App} */ { route }) => `/cramp/${route.params[0]}`;
export const title = () => say('versions-title');

const FIELDS = [
  'started_at',
  'time_zone',
  'duration_seconds',
  'intensity',
  'sites',
  'context',
  'interrupted_sleep',
  'sleep_disturbance',
  'triggers',
  'relief',
  'note',
];

/** @param {App} app */
export function enter(app) {
  const {
    diary,
    route: {
      params: [id],
    },
  } = app;
  return load(app, 'versions', async () => {
    try {
      return await all(app, `/v1/diaries/${diary.id}/episodes/${encodeURIComponent(id)}/history`);
    } catch (problem) {
      // Of what was never sent there are no versions.
      if (/** @type {any} */ (problem).code === 'not_found' && diary.episode(id)) return [];
      throw problem;
    }
  });
}

/** @param {App} app */
export const view = (app) =>
  loaded(app, 'versions', (versions) =>
    versions.length === 0
      ? html`
          <p class="empty line">${say('versions-none')}</p>
        `
      : html`
          <ol class="versions">
            ${versions.map((/** @type {any} */ version, /** @type {number} */ n) => drawn(version, versions[n + 1]))}
          </ol>
        `,
  );

/** Only what became different. @param {any} version @param {any} before */
function drawn({ written_at: at, written_by: by, deleted, row }, before) {
  const changed = row
    ? FIELDS.filter((field) => JSON.stringify(row[field]) !== JSON.stringify(before?.row?.[field]))
    : [];
  const told = before ? changed : changed.filter((field) => fieldValue(field, row[field]) !== say('not-said'));
  return html`
    <li class="card">
      <h2>${at ? moment(at) : say('version-unknown-time')}</h2>
      <p class="small">${who(by)}</p>
      ${
        deleted
          ? html`
              <p>${say('version-deleted')}</p>
            `
          : nothing
      }
      ${
        told.length > 0
          ? html`
              <dl class="facts">
                ${told.map(
                  (field) => html`
                    <div>
                      <dt>${fieldName(field)}</dt>
                      <dd>${fieldValue(field, row[field])}</dd>
                    </div>
                  `,
                )}
              </dl>
            `
          : nothing
      }
    </li>
  `;
}

/** @param {{ role: string, display_name: string | null } | null} author */
function who(author) {
  if (!author) return say('by-unknown');
  if (author.role === 'owner') return say('by-owner');
  return author.role === 'operator'
    ? say('by-operator')
    : say('by-carer', { name: author.display_name ?? say('unnamed') });
}
