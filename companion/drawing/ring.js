// A ring that fills while one holds on.

import { html } from '../vendor/lit-html/lit-html.js';

const RADIUS = 92;
const LENGTH = 2 * Math.PI * RADIUS;

/** @param {number} part from 0 to 1 */
export const ring = (part) => html`
  <svg viewBox="0 0 200 200" aria-hidden="true">
    <circle
      cx="100"
      cy="100"
      r=${RADIUS}
      fill="none"
      stroke="currentColor"
      stroke-opacity="0.18"
      stroke-width="8"
    ></circle>
    <circle
      cx="100"
      cy="100"
      r=${RADIUS}
      fill="none"
      stroke="currentColor"
      stroke-width="8"
      stroke-linecap="round"
      stroke-dasharray=${LENGTH}
      stroke-dashoffset=${LENGTH * (1 - part)}
      transform="rotate(-90 100 100)"
    ></circle>
  </svg>
`;
