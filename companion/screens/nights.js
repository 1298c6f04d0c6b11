// The night raster, and the same facts as a table.

import { html } from '../vendor/lit-html/lit-html.js';
import { raster } from '../drawing/raster.js';
import { dayAndMonth, duration, fullDate, list, say } from '../words/index.js';

/** @typedef {import('./app.js').App} App */

export const place = 'log';
export const back = '/going';
export const title = () => say('nights-title');

const COUNTS = [14, 28, 90];
const SIDES = 32;
const WIDEST = 640;

/** @param {App} app */
export function view(app) {
  const { diary } = app;
  const count = COUNTS.find((known) => String(known) === app.route.params[0]) ?? COUNTS[0];
  const today = diary.today(app.now);
  const nights = diary.nights(count, today);
  const width = Math.min(document.documentElement.clientWidth - SIDES, WIDEST);
  return html`
    <p class="chips">
      ${COUNTS.map(
        (known) => html`
          <a class="chip" href="#/nights/${known}" aria-current=${known === count ? 'true' : 'false'}>
            ${say('nights', { count: known })}
          </a>
        `,
      )}
    </p>
    ${raster(nights, diary.settings, width, today)}
    <p class="small">${say('raster-legend')}</p>
    <details>
      <summary>${say('as-table')}</summary>
      <div class="scroll" tabindex="0" role="region" aria-label=${say('nights-title')}>
        <table>
          <thead>
            <tr>
              <th scope="col">${say('night-of')}</th>
              <th scope="col">${say('cramps-column')}</th>
              <th scope="col">${say('sore-column')}</th>
            </tr>
          </thead>
          <tbody>${nights.toReversed().map((night) => row(night))}</tbody>
        </table>
      </div>
    </details>
  `;
}

/** @param {import('../types.js').Night} night */
function row({ night_of: date, covered, marks, soreness, treatments }) {
  const cramps = marks.map(({ id, local_time: time, intensity, duration_seconds: seconds, broke_sleep: broke }) => {
    const words = [
      time,
      typeof intensity === 'number' && say('of-ten', { level: intensity }),
      typeof seconds === 'number' && duration(seconds),
      broke !== null && say(broke ? 'woke-me' : 'slept-on'),
    ];
    return html`
      <a href="#/cramp/${id}">${words.filter(Boolean).join(' · ')}</a>
      <br />
    `;
  });
  const begun = treatments.map(({ name, what }) =>
    say(what === 'started' ? 'treatment-from' : 'treatment-to', { name }),
  );
  return html`
    <tr>
      <th scope="row"><abbr title=${fullDate(date)}>${dayAndMonth(date)}</abbr></th>
      <td>
        ${marks.length > 0 ? cramps : say(covered ? 'night-free' : 'night-unknown')}${
          begun.length > 0
            ? html`
                <strong>${list(begun)}</strong>
              `
            : ''
        }
      </td>
      <td>
        ${soreness === null ? say('not-said') : soreness === 0 ? say('soreness-over') : say('of-ten', { level: soreness })}
      </td>
    </tr>
  `;
}
