// The page for the clinician: fetched when there is a network, and kept for the waiting room.

import { html, nothing } from '../vendor/lit-html/lit-html.js';
import { language, moment, say } from '../words/index.js';
import { inWords } from './parts/problem.js';

/** @typedef {import('./app.js').App} App */

export const place = 'share';
export const back = '/share';
export const title = () => say('report-title');

/** @param {App} app */
export async function enter(app) {
  const { phone, diary } = app;
  const { state } = app;
  state.kept = await phone.reportKept(diary.id).catch(() => null);
  state.isKnown = true;
  app.update();
  if (!state.kept && phone.isOnline) await fetchIt(app);
}

/** @param {App} app */
async function fetchIt(app) {
  const { phone, diary, state } = app;
  app.set({ isUnderWay: true, problem: null });
  try {
    await phone.fetchReport(diary.id, { lang: language() });
    state.kept = await phone.reportKept(diary.id);
  } catch (problem) {
    state.problem = problem;
  }
  state.isUnderWay = false;
  app.update();
}

/** @param {App} app */
export function view(app) {
  const {
    state: { kept, isUnderWay, problem, isKnown },
    phone,
    diary,
  } = app;
  if (!isKnown)
    return html`
      <p class="line" role="status">${say('one-moment')}</p>
    `;
  return html`
    <p>${say('report-what')}</p>
    ${
      problem
        ? html`
            <p class="banner warning" role="alert">${inWords(problem)}</p>
          `
        : nothing
    }
    ${
      isUnderWay
        ? html`
            <p class="line" role="status">${say('report-fetching')}</p>
          `
        : nothing
    }
    ${
      kept
        ? html`
            <p>${say('report-kept', { at: moment(kept) })}</p>
            <p class="buttons">
              <a class="button first" href="/app/report/${diary.id}" target="_blank">${say('report-open')}</a>
              <button type="button" ?disabled=${!phone.isOnline || isUnderWay} @click=${() => fetchIt(app)}>
                ${say('report-anew')}
              </button>
            </p>
          `
        : phone.isOnline
          ? html`
              <p class="buttons">
                <button type="button" class="first" ?disabled=${isUnderWay} @click=${() => fetchIt(app)}>
                  ${say('report-fetch')}
                </button>
              </p>
            `
          : html`
              <p class="empty line">${say('report-offline')}</p>
            `
    }
    ${
      kept && !phone.isOnline
        ? html`
            <p class="small">${say('report-anew-offline')}</p>
          `
        : nothing
    }
  `;
}
