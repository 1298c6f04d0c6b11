// Things to tap: chips of which one or several are chosen, and the scale from 0 to 10.

import { html, nothing } from '../../vendor/lit-html/lit-html.js';

/** @typedef {{ value: any, label: string }} Option */

/** Chips of which one is chosen at most; tapping it again takes it back.
 * @param {{ legend: string, options: Option[], value: any, choose: (value: any) => unknown, hint?: string }} choice */
export function one({ legend, options, value, choose, hint }) {
  return group(
    legend,
    hint,
    options,
    (option) => option.value === value,
    (option) => choose(option.value === value ? null : option.value),
  );
}

/**
 * Chips of which any are chosen.
 * @param {{ legend: string, options: Option[], values: any[], choose: (values: any[]) => unknown, hint?: string }} choice
 */
export function several({ legend, options, values, choose, hint }) {
  const turn = (/** @type {Option} */ { value }) =>
    choose(values.includes(value) ? values.filter((chosen) => chosen !== value) : [...values, value]);
  return group(legend, hint, options, ({ value }) => values.includes(value), turn);
}

/**
 * @param {string} legend
 * @param {string | undefined} hint
 * @param {Option[]} options
 * @param {(option: Option) => boolean} isChosen
 * @param {(option: Option) => unknown} tap
 */
function group(legend, hint, options, isChosen, tap) {
  return html`
    <fieldset class="choice">
      <legend>${legend}</legend>
      ${
        hint
          ? html`
              <p class="small">${hint}</p>
            `
          : nothing
      }
      <div class="chips">${options.map((option) => chip(option.label, isChosen(option), () => tap(option)))}</div>
    </fieldset>
  `;
}

/** @param {string} label @param {boolean} isChosen @param {() => unknown} tap */
export const chip = (label, isChosen, tap) => html`
  <button type="button" class="chip" aria-pressed=${isChosen ? 'true' : 'false'} @click=${tap}>${label}</button>
`;

const LEVELS = Array.from({ length: 11 }, (_, level) => level);

/** Eleven dots, from 0 to 10.
 * @param {{ legend: string, value: number | null | undefined, choose: (value: number | null) => unknown,
 *   least: string, most: string, keepsOne?: boolean }} scale
 */
export function scale({ legend, value, choose, least, most, keepsOne = false }) {
  const dot = (/** @type {number} */ level) => html`
    <button
      type="button"
      class="dot level-${level}"
      aria-pressed=${level === value ? 'true' : 'false'}
      @click=${() => choose(level === value && !keepsOne ? null : level)}
    >
      ${level}
    </button>
  `;
  return html`
    <fieldset class="choice">
      <legend>${legend}</legend>
      <div class="scale">${LEVELS.map(dot)}</div>
      <p class="ends small">
        <span>0: ${least}</span>
        <span>10: ${most}</span>
      </p>
    </fieldset>
  `;
}
