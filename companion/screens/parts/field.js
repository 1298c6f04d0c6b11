// Fields of forms, each with its label, its hint and what is wrong with it. What stands in a field is written there only when
// it has changed elsewhere: drawing anew must not take away what somebody is typing.

import { html, nothing } from '../../vendor/lit-html/lit-html.js';

/**
 * @typedef {object} Field
 * @property {string} name
 * @property {string} label
 * @property {string} [type]
 * @property {string | number} [value]
 * @property {string} [autocomplete]
 * @property {string} [hint]
 * @property {string} [error]
 * @property {string} [inputmode]
 * @property {string} [min]
 * @property {string} [max]
 * @property {number} [maxlength]
 * @property {(value: string) => unknown} [change] called when the person is done with it, if it says something else then
 */

/** @param {Field['value']} before @param {Field['change']} change */
const changed =
  (before, change) =>
  (/** @type {any} */ { target }) => {
    if (target.value !== String(before ?? '')) change?.(target.value);
  };

/** One line. @param {Field} field */
export function field({
  name,
  label,
  type = 'text',
  value,
  autocomplete,
  hint,
  error,
  inputmode,
  min,
  max,
  maxlength,
  change,
}) {
  const told = [hint && `${name}-hint`, error && `${name}-error`].filter(Boolean).join(' ');
  return html`
    <div class="field">
      <label for=${name}>${label}</label>
      ${
        hint
          ? html`
              <p class="small" id="${name}-hint">${hint}</p>
            `
          : nothing
      }
      <input
        id=${name}
        name=${name}
        type=${type}
        .value=${value === undefined ? nothing : String(value)}
        autocomplete=${autocomplete ?? 'off'}
        autocapitalize=${type === 'text' && !autocomplete ? nothing : 'none'}
        inputmode=${inputmode ?? nothing}
        min=${min ?? nothing}
        max=${max ?? nothing}
        maxlength=${maxlength ?? nothing}
        aria-invalid=${error ? 'true' : nothing}
        aria-describedby=${told || nothing}
        @change=${changed(value, change)}
      />
      ${wrong(name, error)}
    </div>
  `;
}

/** @param {string} name @param {string | undefined} error */
const wrong = (name, error) =>
  error
    ? html`
        <p class="wrong" id="${name}-error" role="alert">${error}</p>
      `
    : nothing;

/** Free text. @param {Field & { rows?: number }} field */
export function note({ name, label, value, maxlength = 2000, rows = 3, change }) {
  return html`
    <div class="field">
      <label for=${name}>${label}</label>
      <textarea
        id=${name}
        name=${name}
        rows=${rows}
        maxlength=${maxlength}
        .value=${String(value ?? '')}
        @change=${changed(value, change)}
      ></textarea>
    </div>
  `;
}

/** One of a list. @param {Field & { options: { value: string, label: string }[] }} field */
export function select({ name, label, value, options, hint, error, change }) {
  const told = [hint && `${name}-hint`, error && `${name}-error`].filter(Boolean).join(' ');
  return html`
    <div class="field">
      <label for=${name}>${label}</label>
      ${
        hint
          ? html`
              <p class="small" id="${name}-hint">${hint}</p>
            `
          : nothing
      }
      <select
        id=${name}
        name=${name}
        aria-describedby=${told || nothing}
        aria-invalid=${error ? 'true' : nothing}
        @change=${changed(value, change)}
      >
        ${options.map(
          (option) => html`
            <option value=${option.value} .selected=${option.value === value}>${option.label}</option>
          `,
        )}
      </select>
      ${wrong(name, error)}
    </div>
  `;
}

/** What stands in the fields of a form that is sent. @param {Event} event @returns {Record<string, string>} */
export function read(event) {
  const form = /** @type {HTMLFormElement} */ (event.currentTarget);
  return Object.fromEntries([...new FormData(form)].map(([name, value]) => [name, String(value)]));
}
