// The night raster: a row a night from noon to noon, a mark at each onset. It says the same in black and white.

import { html, svg } from '../vendor/lit-html/lit-html.js';
import { addDays, minuteOf } from '../ground/clock.js';
import { dayAndMonth, say } from '../words/index.js';

/** @typedef {import('../types.js').Night} Night */
/** @typedef {import('../types.js').Mark} Mark */

const DAY = 1440;
const NOON = 720;
/** Pixels; the drawing is made for the width that it gets, so that text is as large as elsewhere. */
const MARGIN = 52;
const TOP = 20;
const LANE = 18;
const TEXT = 12;
const HOURS = [12, 18, 0, 6, 12];

/**
 * @param {Night[]} nights newest last
 * @param {import('../types.js').DayParts} parts
 * @param {number} width
 * @param {string} today of which, and of what lies ahead, nobody can know yet
 */
export function raster(nights, parts, width, today) {
  const height = nights.length <= 14 ? 24 : nights.length <= 28 ? 18 : 9;
  const inner = width - MARGIN - 8;
  const x = (/** @type {number} */ minute) => MARGIN + (minute / DAY) * inner;
  let y = TOP;
  const rows = nights.map((night) => {
    const lane = y;
    y += night.treatments.length * LANE;
    const top = y;
    y += height;
    return { night, lane, top };
  });
  const bottom = y;
  const every = height < 16 ? 7 : 1;
  return html`
    <svg
      class="raster"
      viewBox="0 0 ${width} ${bottom + 4}"
      width=${width}
      height=${bottom + 4}
      role="img"
      aria-label=${summary(nights)}
    >
      <defs>
        <pattern id="hatched" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
          <path d="M0 0V6" stroke="currentColor" stroke-opacity="0.35" stroke-width="1.2"></path>
        </pattern>
      </defs>
      ${shade(parts, x, bottom)}
      ${HOURS.map(
        (hour, n) => svg`
        <path d="M${x(n * 360)} ${TOP - 3}V${bottom}" stroke="currentColor" stroke-opacity="0.2"></path>
        <text x=${x(n * 360)} y="12" font-size=${TEXT} text-anchor=${n === 4 ? 'end' : n === 0 ? 'start' : 'middle'} fill="currentColor">${say('hour', { hour: String(hour).padStart(2, '0') })}</text>`,
      )}
      ${rows.map(
        ({ night, lane, top }, n) => svg`
        ${night.treatments.map(({ name, what }, place) => begun(name, what, lane + place * LANE, width))}
        ${(nights.length - 1 - n) % every === 0 ? svg`<text x="0" y=${top + height / 2 + 4} font-size=${TEXT} fill="currentColor">${dayAndMonth(night.night_of)}</text>` : ''}
        ${unknown(night, today).map(([from, to]) => svg`<rect x=${x(from)} y=${top + 1} width=${x(to) - x(from)} height=${height - 2} fill="url(#hatched)"></rect>`)}
        <path d="M${x(0)} ${top + height}H${x(DAY)}" stroke="currentColor" stroke-opacity="0.1"></path>
        ${sore(nights[n - 1]?.soreness ?? 0, night.soreness ?? 0, x, top + height - 2)}
        ${night.marks.map((mark) => drawn(mark, x(mark.minute_from_noon), top + height / 2, height))}`,
      )}
    </svg>
  `;
}

/**
 * The hours that the person calls night.
 * @param {import('../types.js').DayParts} parts
 * @param {(minute: number) => number} x
 * @param {number} bottom
 */
function shade({ night_start: start, night_end: end }, x, bottom) {
  const fromNoon = (/** @type {string} */ time) => (minuteOf(time) + DAY - NOON) % DAY;
  const [from, to] = [fromNoon(start), fromNoon(end) || DAY];
  const bands =
    from <= to
      ? [[from, to]]
      : [
          [0, to],
          [from, DAY],
        ];
  return bands.map(
    ([one, other]) =>
      svg`<rect x=${x(one)} y=${TOP - 3} width=${x(other) - x(one)} height=${bottom - TOP + 3} fill="currentColor" fill-opacity="0.08"></rect>`,
  );
}

/**
 * A line across, and whose it is, in a lane of its own.
 * @param {string} name
 * @param {'started' | 'ended'} what
 * @param {number} y
 * @param {number} width
 */
function begun(name, what, y, width) {
  const most = Math.floor((width - MARGIN) / 7) - 8;
  const short = name.length > most ? `${name.slice(0, most)}…` : name;
  return svg`
    <path d="M0 ${y + LANE - 1}H${width}" stroke="currentColor" stroke-width="1.5" stroke-dasharray=${what === 'started' ? 'none' : '5 4'}></path>
    <text x=${MARGIN} y=${y + LANE - 5} font-size=${TEXT} font-weight="bold" fill="currentColor">${say(what === 'started' ? 'treatment-from' : 'treatment-to', { name: short })}</text>`;
}

/**
 * The halves of a row of whose date nothing is known, in minutes from noon.
 * @param {Night} night
 * @param {string} today
 * @returns {[number, number][]}
 */
function unknown({ night_of: date, evening, morning }, today) {
  /** @type {[number, number][]} */
  const halves = [];
  if (!evening && date < today) halves.push([0, NOON]);
  if (!morning && addDays(date, 1) < today) halves.push([NOON, DAY]);
  return halves;
}

/**
 * Stronger for worse, larger for longer, hollow when sleep went on.
 * @param {Mark} mark
 * @param {number} x
 * @param {number} y
 * @param {number} height
 */
function drawn({ intensity, duration_seconds: seconds, broke_sleep: broke }, x, y, height) {
  const most = Math.min(11, height / 2 + (height < 12 ? 1.5 : -1));
  const least = Math.min(3, most);
  const minutes = (seconds ?? 120) / 60;
  const radius = least + (most - least) * Math.min(1, Math.sqrt(minutes / 15));
  const dark = 0.3 + 0.07 * (intensity ?? 5);
  return broke === false
    ? svg`<circle cx=${x} cy=${y} r=${Math.max(1.5, radius - 1)} fill="none" stroke="currentColor" stroke-opacity=${dark} stroke-width="2"></circle>`
    : svg`<circle cx=${x} cy=${y} r=${radius} fill="currentColor" fill-opacity=${dark}></circle>`;
}

/**
 * From the morning on which it was noted to the next one.
 * @param {number} before
 * @param {number} after
 * @param {(minute: number) => number} x
 * @param {number} y
 */
function sore(before, after, x, y) {
  if (before === 0 && after === 0) return '';
  const [from, to] = [before > 0 ? 0 : DAY * 0.75, after > 0 ? DAY : DAY * 0.25];
  return svg`<path d="M${x(from)} ${y}H${x(to)}" stroke="currentColor" stroke-opacity="0.6" stroke-width=${0.75 + Math.max(before, after) * 0.075}></path>`;
}

/** @param {Night[]} nights */
function summary(nights) {
  const cramps = nights.filter(({ at_night: count }) => count > 0).length;
  const notKnown = nights.filter(({ covered, at_night: count }) => !covered && count === 0).length;
  return say('raster-summary', { count: nights.length, cramps, unknown: notKnown });
}
