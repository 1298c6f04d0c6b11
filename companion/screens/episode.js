// All of one cramp. What is tapped is kept at once.

import { html, nothing } from '../vendor/lit-html/lit-html.js';
import { addDays, instantAt, isZone, write, zoneHere } from '../ground/clock.js';
import { fullDate, say } from '../words/index.js';
import { one, scale, several } from './parts/choices.js';
import { field, note, select } from './parts/field.js';
import { CONTEXTS, MEASURES, PARTS, SIDES, options, triggersOf, zones } from './parts/offers.js';
import { dayName } from './parts/prompts.js';
import { change, remove } from './parts/saving.js';
import { siteName } from './parts/names.js';
import { sorenessList } from './parts/soreness-list.js';
import { twoVersions } from './parts/two-versions.js';

/** @typedef {import('./app.js').App} App */
/** @typedef {import('../types.js').Episode} Episode */

export const place = 'diary';
export const back = '/diary';

const MOST_SITES = 8;
const DURATIONS = [30, 60, 120, 300, 600];

/** @param {App} app */
export function title(app) {
  const cramp = app.diary.episode(app.route.params[0]);
  return cramp
    ? say('cramp-of', { time: cramp.local_time, day: dayName(cramp.local_date, app.diary.today(app.now)) })
    : say('cramp-gone');
}

/** @param {App} app */
export function view(app) {
  const [id] = app.route.params;
  const cramp = app.diary.episode(id);
  if (!cramp)
    return html`
      <p>${say('cramp-gone-why')}</p>
    `;
  const set = (/** @type {Partial<import('../types.js').EpisodeFields>} */ fields) => change(app, id, fields);
  return html`
    ${twoVersions(app, 'episodes', id)}
    <fieldset class="all" ?disabled=${!app.diary.canWrite}>
      <legend class="unseen">${say('cramp-title')}</legend>
      ${scale({
        legend: say('how-bad'),
        value: cramp.intensity,
        least: say('scale-none'),
        most: say('scale-worst'),
        choose: (intensity) => set({ intensity }),
      })}
      ${sites(app, cramp)}
      ${one({
        legend: say('broke-sleep'),
        value: cramp.interrupted_sleep,
        options: [
          { value: true, label: say('yes') },
          { value: false, label: say('no') },
        ],
        choose: (woke) => set({ interrupted_sleep: woke }),
      })}
      ${lasted(cramp, set)}
      ${one({
        legend: say('what-doing'),
        value: cramp.context,
        options: options('context', CONTEXTS),
        choose: (context) => set({ context }),
      })}
      ${relief(app, cramp)}
      ${several({
        legend: say('what-brought-it-on'),
        values: cramp.triggers,
        options: triggersOf(app.diary, cramp.triggers),
        choose: (triggers) => set({ triggers }),
      })}
      <details ?open=${cramp.sleep_disturbance !== null}>
        <summary>${say('field-sleep_disturbance')}</summary>
        ${scale({
          legend: say('sleep-how-much'),
          value: cramp.sleep_disturbance,
          least: say('scale-not'),
          most: say('scale-whole-night'),
          choose: (level) => set({ sleep_disturbance: level }),
        })}
      </details>
      ${note({
        name: 'note',
        label: say('field-note'),
        value: cramp.note ?? '',
        change: (text) => set({ note: text.trim() || null }),
      })}
      ${when(app, cramp)}
    </fieldset>
    ${sorenessList(app, cramp)}
    <p class="buttons below">
      <a class="button" href="#/cramp/${id}/versions">${say('versions-title')}</a>
      ${
        app.diary.canWrite
          ? html`
              <button type="button" class="warning" @click=${() => gone(app, id)}>${say('delete-cramp')}</button>
            `
          : nothing
      }
    </p>
  `;
}

/** @param {App} app @param {string} id */
async function gone(app, id) {
  if (await remove(app, () => app.diary.deleteCramp(id), say('cramp-deleted'))) app.go('/diary', { replace: true });
}

/**
 * The place most people have one of is chosen by two taps; more can be added.
 * @param {App} app
 * @param {Episode} cramp
 */
function sites(app, cramp) {
  const { state } = app;
  const part = state.part ?? cramp.sites[0]?.part ?? null;
  const side = state.part ? null : (cramp.sites[0]?.side ?? null);
  const others = state.isMore ? cramp.sites : cramp.sites.slice(1);
  /** @param {string | null} newPart @param {string | null} newSide */
  const put = (newPart, newSide) => {
    const site = newPart ? [{ part: newPart, side: newSide }] : [];
    app.set({ part: undefined, isMore: false });
    return change(app, cramp.id, {
      sites: /** @type {any} */ (state.isMore ? [...others, ...site] : [...site, ...others]),
    });
  };
  const shown = state.isMore ? null : part;
  return html`
    ${one({
      legend: say(state.isMore ? 'another-place' : 'where'),
      value: shown,
      options: options('part', PARTS),
      choose: (chosen) => put(chosen, state.isMore ? null : side),
    })}
    ${
      shown
        ? one({
            legend: say('field-side'),
            value: side,
            options: options('side', SIDES),
            choose: (chosen) => put(part, chosen),
          })
        : nothing
    }
    ${
      others.length > 0
        ? html`
            <ul class="plain">
              ${others.map(
                (site) => html`
                  <li>
                    <span>${siteName(site)}</span>
                    <button
                      type="button"
                      class="quiet"
                      aria-label="${say('take-out')}: ${siteName(site)}"
                      @click=${() => change(app, cramp.id, { sites: cramp.sites.filter((other) => other !== site) })}
                    >
                      ${say('take-out')}
                    </button>
                  </li>
                `,
              )}
            </ul>
          `
        : nothing
    }
    ${
      cramp.sites.length > 0 && cramp.sites.length < MOST_SITES && !state.isMore
        ? html`
            <p>
              <button type="button" class="quiet" @click=${() => app.set({ isMore: true })}>
                ${say('another-place')}
              </button>
            </p>
          `
        : nothing
    }
  `;
}

/** @param {Episode} cramp @param {(fields: Partial<Episode>) => unknown} set */
function lasted({ duration_seconds: seconds }, set) {
  const chips = DURATIONS.map((value) => ({
    value,
    label: value < 60 ? say('seconds', { count: value }) : say('minutes', { count: value / 60 }),
  }));
  const minutes = seconds === null ? '' : Math.round((seconds / 60) * 100) / 100;
  /** @param {string} text */
  const typed = (text) => {
    const value = Math.round(Number(text.replace(',', '.')) * 60);
    if (text.trim() === '') set({ duration_seconds: null });
    else if (value >= 0 && value <= 86_400) set({ duration_seconds: value });
  };
  return html`
    ${one({ legend: say('how-long'), value: seconds, options: chips, choose: (duration_seconds) => set({ duration_seconds }) })}
    ${field({ name: 'minutes', label: say('or-in-minutes'), value: minutes, inputmode: 'decimal', change: typed })}
  `;
}

/** What was tried, in that order, and how soon each helped. @param {App} app @param {Episode} cramp */
function relief(app, { id, relief: tried }) {
  const chosen = tried.map(({ measure }) => measure);
  const choose = (/** @type {string[]} */ measures) =>
    change(app, id, {
      relief: /** @type {any} */ (
        measures.map((measure) => tried.find((one) => one.measure === measure) ?? { measure, seconds_to_relief: null })
      ),
    });
  const timed = (/** @type {string} */ measure, /** @type {string} */ text) => {
    const seconds = text.trim() === '' ? null : Math.min(86_400, Math.max(0, Math.round(Number(text))));
    if (Number.isNaN(seconds)) return;
    change(app, id, {
      relief: tried.map((one) => (one.measure === measure ? { ...one, seconds_to_relief: seconds } : one)),
    });
  };
  return html`
    ${several({ legend: say('what-tried'), values: chosen, options: options('measure', MEASURES), choose })}
    ${
      tried.length > 0
        ? html`
            <details>
              <summary>${say('relief-how-soon')}</summary>
              ${tried.map(({ measure, seconds_to_relief: seconds }) =>
                field({
                  name: `relief-${measure}`,
                  label: say('relief-seconds', { measure: options('measure', [measure])[0].label }),
                  value: seconds ?? '',
                  inputmode: 'numeric',
                  change: (text) => timed(measure, text),
                }),
              )}
            </details>
          `
        : nothing
    }
  `;
}

/**
 * Date, time and zone belong together: whoever corrects one means the wall clock there.
 * @param {App} app
 * @param {Episode} cramp
 */
function when(app, cramp) {
  const { id, local_date: date, local_time: time, time_zone: zone } = cramp;
  const { errors = {} } = app.state;
  /** @param {{ date?: string, time?: string, zone?: string }} typed */
  const move = (typed) => {
    const there = { date, time, zone, ...typed };
    if (!there.date || !there.time || !isZone(there.zone)) return;
    const instant = instantAt(there.date, there.time, there.zone);
    const isAhead = instant.getTime() > app.now.getTime() + 60_000;
    app.set({ errors: isAhead ? { date: say('fault-in_the_future') } : {} });
    if (!isAhead) change(app, id, { started_at: write(instant, there.zone), time_zone: there.zone });
  };
  return html`
    <details ?open=${Boolean(errors.date)}>
      <summary>${say('when-it-began', { date: fullDate(date), time })}</summary>
      ${field({
        name: 'date',
        type: 'date',
        label: say('date'),
        value: date,
        max: addDays(app.diary.today(app.now), 1),
        error: errors.date,
        change: (value) => move({ date: value }),
      })}
      ${field({ name: 'time', type: 'time', label: say('time-began'), value: time, change: (value) => move({ time: value }) })}
      ${select({
        name: 'zone',
        label: say('field-time_zone'),
        value: zone,
        options: zones(zone, zoneHere()),
        hint: say('zone-of-cramp-hint'),
        change: (value) => move({ zone: value }),
      })}
    </details>
  `;
}
