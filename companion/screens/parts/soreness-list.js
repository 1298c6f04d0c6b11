// How sore the leg was after a cramp, a line for each day.

import { html, nothing } from '../../vendor/lit-html/lit-html.js';
import { say, shortDate } from '../../words/index.js';

const LONGEST = 30;

/** @param {import('../../types.js').Soreness} entry */
export const sorenessInShort = ({ level, tender_to_touch: tender, limits_walking: limits }) =>
  [level === 0 ? say('soreness-over') : say('of-ten', { level }), tender && say('tender'), limits && say('limits')]
    .filter(Boolean)
    .join(' · ');

/** @param {import('../app.js').App} app @param {import('../../types.js').Episode} cramp */
export function sorenessList(app, { id, local_date: began }) {
  const entries = app.diary.soreness(id);
  const today = app.diary.today(app.now);
  const age = Math.round((Date.parse(today) - Date.parse(began)) / 86_400_000);
  const canAdd = app.diary.canWrite && age >= 0 && age <= LONGEST && !entries.some(({ date }) => date === today);
  if (entries.length === 0 && !canAdd) return nothing;
  return html`
    <section>
      <h2>${say('soreness-after')}</h2>
      ${
        entries.length > 0
          ? html`
              <ul class="rows">
                ${entries.map(
                  (entry) => html`
                    <li>
                      <a href="#/soreness/${id}/${entry.date}">
                        <span>${shortDate(entry.date)}</span>
                        <span>${sorenessInShort(entry)}</span>
                      </a>
                    </li>
                  `,
                )}
              </ul>
            `
          : nothing
      }
      ${
        canAdd
          ? html`
              <p><a class="button" href="#/soreness/${id}/${today}">${say('soreness-today')}</a></p>
            `
          : nothing
      }
    </section>
  `;
}
