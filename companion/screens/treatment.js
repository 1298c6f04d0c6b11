// One treatment, new or to be corrected.

import { html, nothing } from '../vendor/lit-html/lit-html.js';
import { say } from '../words/index.js';
import { field, note, read, select } from './parts/field.js';
import { KINDS, options, treatmentSides } from './parts/offers.js';
import { inWords } from './parts/problem.js';
import { remove } from './parts/saving.js';
import { twoVersions } from './parts/two-versions.js';
import { fieldsOf } from './treatments.js';

/** @typedef {import('./app.js').App} App */

export const place = 'more';
export const back = '/treatments';
export const title = (/** @type {App} */ app) => existing(app)?.name ?? say('treatment-new');

/** @param {App} app */
const existing = ({ diary, route }) => diary.treatments.find(({ id }) => id === route.params[0]);

/** @param {App} app */
export function view(app) {
  const treatment = existing(app);
  const { errors = {}, typed } = app.state;
  const today = app.diary.today(app.now);
  const shown = typed ?? (treatment ? fieldsOf(treatment) : { kind: 'stretching', started_on: today });
  if (!treatment && app.route.params[0] !== 'new')
    return html`
      <p>${say('treatment-gone')}</p>
    `;
  return html`
    ${treatment ? twoVersions(app, 'treatments', treatment.id) : nothing}
    <form @submit=${(/** @type {SubmitEvent} */ event) => send(app, event)} novalidate>
      ${select({ name: 'kind', label: say('field-kind'), value: shown.kind, options: options('kind', KINDS) })}
      ${field({
        name: 'name',
        label: say('treatment-name'),
        value: shown.name ?? '',
        maxlength: 200,
        error: errors.name,
        hint: say('treatment-name-hint'),
      })}
      ${field({ name: 'dose', label: say('treatment-dose'), value: shown.dose ?? '', maxlength: 100 })}
      ${select({ name: 'side', label: say('field-side'), value: shown.side ?? '', options: treatmentSides() })}
      ${field({
        name: 'started_on',
        type: 'date',
        label: say('field-started_on'),
        value: shown.started_on,
        error: errors.started_on,
      })}
      ${field({
        name: 'ended_on',
        type: 'date',
        label: say('treatment-until'),
        value: shown.ended_on ?? '',
        error: errors.ended_on,
        hint: say('treatment-until-hint'),
      })}
      ${note({ name: 'note', label: say('field-note'), value: shown.note ?? '' })}
      <p class="buttons">
        <button class="first">${say('save')}</button>
        ${
          treatment
            ? html`
                <button type="button" class="warning" @click=${() => gone(app, treatment.id)}>${say('delete')}</button>
              `
            : nothing
        }
      </p>
    </form>
  `;
}

/** @param {App} app @param {SubmitEvent} event */
async function send(app, event) {
  event.preventDefault();
  const typed = read(event);
  const errors = {
    ...(!typed.name.trim() && { name: say('fault-required') }),
    ...(!typed.started_on && { started_on: say('fault-required') }),
    ...(typed.ended_on && typed.ended_on < typed.started_on && { ended_on: say('fault-ends-before') }),
  };
  app.set({ typed, errors });
  const wrong = Object.keys(errors)[0];
  if (wrong) {
    document.getElementById(wrong)?.focus();
    return;
  }
  const { kind, name, dose, side, started_on, ended_on, note: text } = typed;
  const fields = {
    kind,
    name: name.trim(),
    dose: dose.trim() || null,
    side: side || null,
    started_on,
    ended_on: ended_on || null,
    note: text.trim() || null,
  };
  try {
    await app.diary.saveTreatment(existing(app)?.id ?? null, /** @type {any} */ (fields));
    app.tell(say('kept'));
    app.go('/treatments', { replace: true });
  } catch (problem) {
    app.tell(inWords(problem));
  }
}

/** @param {App} app @param {string} id */
async function gone(app, id) {
  if (await remove(app, () => app.diary.deleteTreatment(id), say('treatment-deleted')))
    app.go('/treatments', { replace: true });
}
