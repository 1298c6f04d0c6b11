// How is it going: one sentence a figure, each with its range, or that it is not enough yet.

import { html, nothing } from '../vendor/lit-html/lit-html.js';
import { dots, lastNights } from '../drawing/dots.js';
import { addDays } from '../ground/clock.js';
import { fullDate, number, say } from '../words/index.js';

/** @typedef {import('./app.js').App} App */
/** @typedef {import('../types.js').Figures} Figures */

export const place = 'log';
export const back = '/';
export const title = () => say('going-title');

const PERIODS = [28, 90, 365];
const USUAL = 90;
const NIGHTS = 14;
/** Fewer than these say too little of a share. */
const FEWEST = 5;

/** @param {App} app */
export function view(app) {
  const { diary, state } = app;
  const days = state.days ?? USUAL;
  const today = diary.today(app.now);
  if (diary.episodes.length === 0)
    return html`
      <p class="empty line">${say('going-empty')}</p>
    `;
  const figures = diary.figures({ from: addDays(today, 1 - days), to: today });
  return html`
    <a class="dots" href="#/nights/14">
      ${dots(lastNights(diary, NIGHTS, today))}
      <span class="link">${say('see-raster')}</span>
    </a>
    <p class="chips" role="group" aria-label=${say('period')}>
      ${PERIODS.map(
        (known) => html`
          <button
            type="button"
            class="chip"
            aria-pressed=${known === days ? 'true' : 'false'}
            @click=${() => app.set({ days: known })}
          >
            ${say(`period-${/** @type {28} */ (known)}`)}
          </button>
        `,
      )}
    </p>
    ${nightsAWeek(figures)} ${atNight(figures, diary.settings)} ${brokenSleep(figures)} ${treatment(figures)}
    ${coverage(figures, days)}
    <p class="buttons">
      <a class="button" href="#/nights/28">${say('nights-title')}</a>
      <a class="button" href="#/report">${say('report-title')}</a>
    </p>
    <p class="small">${say('no-diagnosis')}</p>
  `;
}

/**
 * A figure, its unit and its range, and what it rests on.
 * @param {string} head
 * @param {string} below
 * @param {string} [name]
 */
const figure = (head, below, name) => html`
  <section class="figure">
    ${
      name
        ? html`
            <h2 class="small">${name}</h2>
          `
        : nothing
    }
    <p class="head">${head}</p>
    <p class="small">${below}</p>
  </section>
`;

/** "2.0–3.7", in one piece. @param {{ low: number, high: number | null }} range @param {number} [digits] */
const range = ({ low, high }, digits = 1) =>
  `${number(low, digits)}\u2060–\u2060${high === null ? '∞' : number(high, digits)}`;

/** @param {number} share */
const percent = (share) => number(share * 100);

/** @param {Figures} figures */
function nightsAWeek({ night_rate: rate }) {
  const below = say('of-observed', { nights: rate.cramp_nights, count: rate.observed_nights });
  if (rate.range)
    return figure(
      say('nights-range', { low: number(rate.range.low, 1), high: number(rate.range.high, 1) }),
      `${below} ${say('too-few-nights')}`,
      say('name-nights'),
    );
  if (rate.per_week === null || !rate.ci95) return figure(say('not-enough'), say('nights-why'), say('name-nights'));
  return figure(
    say('nights-a-week', { nights: number(rate.per_week, 1), range: range(rate.ci95) }),
    below,
    say('name-nights'),
  );
}

/** @param {Figures} figures @param {import('../types.js').Settings} settings */
function atNight(
  { episodes, night, night_share: share, night_share_ci95: ci, verdict },
  { night_start: start, night_end: end },
) {
  const below = say('at-night-count', { night, count: episodes, start, end });
  if (verdict === 'insufficient_data' || share === null || !ci)
    return figure(say('not-enough'), below, say('name-at-night'));
  return figure(
    say('percent-range', { percent: percent(share), low: percent(ci.low), high: percent(ci.high) }),
    below,
    say('name-at-night'),
  );
}

/** @param {Figures} figures */
function brokenSleep({ interrupted_sleep: { yes, no, share, ci95: ci } }) {
  const known = yes + no;
  const below = known === 0 ? say('broken-unknown') : say('broken-count', { yes, count: known });
  if (known < FEWEST || share === null || !ci) return figure(say('not-enough'), below, say('name-broken'));
  return figure(
    say('percent-range', { percent: percent(share), low: percent(ci.low), high: percent(ci.high) }),
    below,
    say('name-broken'),
  );
}

/** @param {Figures} figures */
function treatment({ treatment: compared }) {
  if (!compared)
    return html`
      <section class="figure">
        <h2 class="small">${say('name-treatment')}</h2>
        <p class="head">${say('no-treatment')}</p>
        <p class="small"><a class="quiet" href="#/treatments">${say('treatment-new')}</a></p>
      </section>
    `;
  const {
    treatment: { name, started_on: from },
    before,
    after,
    verdict,
    rate_ratio: ratio,
    verdict_ci95: ci,
  } = compared;
  const heading = say('since-treatment', { name, date: fullDate(from) });
  const rates = [before?.per_week.per_week ?? null, after?.per_week.per_week ?? null];
  if (verdict === 'insufficient_data' || rates[0] === null || rates[1] === null)
    return figure(say('not-enough'), say('treatment-why'), heading);
  const head = say('before-after', { before: number(rates[0], 1), after: number(rates[1], 1) });
  const told = ratio !== null && ci ? say('ratio', { ratio: number(ratio, 2), range: range(ci, 2) }) : '';
  return figure(head, `${say(`change-${verdict}`)} ${told} ${say('no-cause')}`, heading);
}

/** @param {Figures} figures @param {number} asked days of the chosen time, of which the diary may have seen fewer */
const coverage = ({ coverage: { days, covered } }, asked) =>
  figure(
    say('covered', { covered, count: days }),
    say(covered < days ? 'covered-why' : covered < asked ? 'covered-since' : 'covered-all'),
    say('name-coverage'),
  );
