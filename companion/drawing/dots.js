// The last nights as a row of dots: full where there was a cramp, a ring where there was none, a dash where nobody knows.

import { html, svg } from '../vendor/lit-html/lit-html.js';
import { say, shortDate } from '../words/index.js';

/** @typedef {import('../types.js').Night} Night */

const STEP = 24;
const HEIGHT = 40;
const MIDDLE = 12;

/**
 * So many nights that have begun: tonight only when something came in it, as the row of a day's cramp does not count.
 * @param {import('../diary/diary.js').Diary} diary
 * @param {number} count
 * @param {string} today
 */
export function lastNights(diary, count, today) {
  const nights = diary.nights(count + 1, today);
  const last = nights.at(-1);
  return last && last.night_of === today && last.at_night === 0 ? nights.slice(0, -1) : nights.slice(1);
}

/** @param {Night[]} nights newest last */
export function dots(nights) {
  const width = nights.length * STEP;
  return html`
    <svg class="nights" viewBox="0 0 ${width} ${HEIGHT}" role="img" aria-label=${nights.map(inWords).join(', ')}>
      ${nights.map(
        (night, n) => svg`
        ${dot(night, (n + 0.5) * STEP)}
        <text x=${(n + 0.5) * STEP} y="36" text-anchor="middle" font-size="12" fill="currentColor" aria-hidden="true">${shortDate(night.night_of).slice(0, 1)}</text>`,
      )}
    </svg>
  `;
}

/** @param {Night} night @param {number} x */
function dot({ at_night: cramps, worst, covered, partly }, x) {
  if (cramps > 0) {
    return svg`<circle cx=${x} cy=${MIDDLE} r=${5 + (worst ?? 5) * 0.45} fill="currentColor"></circle>`;
  }
  if (covered || partly)
    return svg`<circle cx=${x} cy=${MIDDLE} r="6" fill="none" stroke="currentColor" stroke-width="1.5" stroke-dasharray=${covered ? 'none' : '2 2'}></circle>`;
  return svg`<path d="M${x - 4} ${MIDDLE}h8" stroke="currentColor" stroke-width="1.5"></path>`;
}

/** @param {Night} night */
function inWords({ night_of: date, at_night: count, covered }) {
  const words = count > 0 ? say('cramps', { count }) : say(covered ? 'night-free' : 'night-unknown');
  return `${shortDate(date)}: ${words}`;
}
