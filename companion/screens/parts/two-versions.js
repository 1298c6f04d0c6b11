// Where what one looks at was written in two places: that it is so, and the way to both.

import { html, nothing } from '../../vendor/lit-html/lit-html.js';
import { say } from '../../words/index.js';

/** @typedef {import('../app.js').App} App */
/** @typedef {import('../../types.js').Table} Table */

/** The conflict over a row of the open diary. @param {App} app @param {Table} table @param {string} id */
const conflictOf = ({ phone, diary }, table, id) =>
  phone.conflicts.find((one) => one.diary === diary.id && one.table === table && one.id === id);

/** @param {import('../../types.js').Conflict} conflict */
const pathOf = ({ diary, table, id }) => `#/conflict/${diary}/${table}/${encodeURIComponent(id)}`;

/** Above a row's own screen. @param {App} app @param {Table} table @param {string} id */
export function twoVersions(app, table, id) {
  const conflict = conflictOf(app, table, id);
  return conflict
    ? html`
        <p class="banner warning">
          <span>${say('two-versions-here')}</span>
          <a class="button" href=${pathOf(conflict)}>${say('see-both')}</a>
        </p>
      `
    : nothing;
}

/** A line of its own below a row of a list. @param {App} app @param {Table} table @param {string} id */
export function twoVersionsLine(app, table, id) {
  const conflict = conflictOf(app, table, id);
  return conflict
    ? html`
        <a class="versions-line" href=${pathOf(conflict)}>${say('two-versions')}</a>
      `
    : nothing;
}
