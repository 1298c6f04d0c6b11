// What waits for a decision: two versions of the same, and what the service did not take.

import { html } from '../../vendor/lit-html/lit-html.js';
import { say } from '../../words/index.js';
import { inWords } from './problem.js';
import { correction, fieldName, rowName } from './rows.js';

/** @param {import('../app.js').App} app */
export function attention(app) {
  const { conflicts, refused } = app.phone;
  return [
    ...conflicts.map(
      ({ diary, table, id, ours, theirs }) => html`
        <section class="card warning">
          <h2>${say('conflict-card', { what: rowName(app, table, id, ours ?? theirs) })}</h2>
          <p class="buttons">
            <a class="button first" href="#/conflict/${diary}/${table}/${encodeURIComponent(id)}">${say('see-both')}</a>
          </p>
        </section>
      `,
    ),
    ...refused.map(
      (refusal) => html`
        <section class="card warning">
          <h2>${say('refused-card', { what: rowName(app, refusal.table, refusal.id, refusal.row) })}</h2>
          <p>${whereAndWhat(refusal.problem)}</p>
          <p class="buttons">
            ${
              refusal.diary === app.phone.diary?.id && refusal.row
                ? html`
                    <a class="button first" href="#${correction(refusal.table, refusal.id)}">${say('correct-it')}</a>
                  `
                : ''
            }
            <button type="button" @click=${() => giveUp(app, refusal)}>${say('give-up')}</button>
          </p>
        </section>
      `,
    ),
  ];
}

/** @param {import('../../types.js').ProblemBody} problem */
function whereAndWhat(problem) {
  const field = problem.errors?.[0]?.pointer.split('/').at(-1);
  return field ? `${fieldName(field)}: ${inWords(problem)}` : inWords(problem);
}

/** @param {import('../app.js').App} app @param {import('../../types.js').Refusal} refusal */
async function giveUp(app, refusal) {
  const what = rowName(app, refusal.table, refusal.id, refusal.row);
  if (await app.confirm({ title: say('give-up-title'), text: say('give-up-text', { what }), yes: say('give-up') })) {
    await app.phone.giveUp(refusal);
  }
}
