// Bringing in what was taken away: a file of this diary, or of one that was kept elsewhere.

import { html, nothing } from '../vendor/lit-html/lit-html.js';
import { say } from '../words/index.js';
import { inWords } from './parts/problem.js';

/** @typedef {import('./app.js').App} App */
/** @typedef {{ applied: number, unchanged: number, conflict: number, rejected: number }} Counts */

export const place = 'more';
export const back = '/more';
export const title = () => say('import-title');

const FORMAT = 'cramp-diary-export@1';
/** What of a file is sent: the rest belongs to the account that it came from. */
const PARTS = ['format', 'diary', 'episodes', 'soreness', 'check_ins', 'treatments'];

/** @param {App} app */
export function view(app) {
  const { state, phone } = app;
  return html`
    <p>${say('import-what')}</p>
    ${
      phone.isOnline
        ? nothing
        : html`
            <p class="banner">${say('needs-network')}</p>
          `
    }
    ${
      state.error
        ? html`
            <p class="banner warning" role="alert">${state.error}</p>
          `
        : nothing
    }
    <p class="field">
      <label for="file">${say('import-file')}</label>
      <input
        id="file"
        type="file"
        accept=".json,application/json"
        ?disabled=${!phone.isOnline || state.isBusy}
        @change=${(/** @type {Event} */ event) => choose(app, event)}
      />
    </p>
    ${state.counts ? found(app, state.counts) : nothing}
  `;
}

/** What is in the file. @param {App} app @param {Counts} counts */
function found(app, counts) {
  const { state, phone } = app;
  const lines = [
    counts.applied > 0 && say('import-new', { count: counts.applied }),
    counts.unchanged > 0 && say('import-same', { count: counts.unchanged }),
    counts.conflict > 0 && say('import-newer-here', { count: counts.conflict }),
    counts.rejected > 0 && say('import-unreadable', { count: counts.rejected }),
  ];
  return html`
    <section role="status">
      <ul>
        ${lines.map((line) =>
          line
            ? html`
                <li>${line}</li>
              `
            : nothing,
        )}
      </ul>
      ${
        counts.applied > 0
          ? nothing
          : html`
              <p>${say('import-nothing')}</p>
            `
      }
    </section>
    ${
      counts.applied > 0
        ? html`
            <p class="buttons">
              <button type="button" class="first" ?disabled=${!phone.isOnline || state.isBusy} @click=${() => bringIn(app)}>
                ${say(state.isBusy ? 'one-moment' : 'import-bring')}
              </button>
            </p>
          `
        : nothing
    }
  `;
}

/** Says what would come of the file, and does nothing yet. @param {App} app @param {Event} event */
async function choose(app, event) {
  const file = /** @type {HTMLInputElement} */ (event.currentTarget).files?.[0];
  app.set({ file: null, counts: null, error: '' });
  if (!file) return;
  const document = partsOf(await file.text());
  if (!document) {
    app.set({ error: say('import-other-file') });
    return;
  }
  app.set({ file: document });
  const result = await send(app, true);
  if (result) app.set({ counts: result.counts });
}

/** @param {App} app */
async function bringIn(app) {
  const result = await send(app, false);
  if (!result) return;
  await app.phone.sync();
  app.go('/diary', { replace: true });
  app.tell(say('import-done', { count: result.counts.applied }));
}

/** @param {App} app @param {boolean} isRehearsal @returns {Promise<{ counts: Counts } | null>} */
async function send(app, isRehearsal) {
  const { state, phone, diary } = app;
  app.set({ isBusy: true, error: '' });
  const path = `/v1/diaries/${diary.id}/import?dry_run=${isRehearsal}`;
  try {
    return await phone.call('POST', path, state.file, { isPacked: true });
  } catch (problem) {
    app.set({ error: inWords(problem) });
    return null;
  } finally {
    app.set({ isBusy: false });
  }
}

/** The parts of a file that are sent; `null` when it is no file of a diary. @param {string} text */
function partsOf(text) {
  try {
    const whole = JSON.parse(text);
    if (whole?.format !== FORMAT) return null;
    return Object.fromEntries(PARTS.filter((part) => part in whole).map((part) => [part, whole[part]]));
  } catch {
    return null;
  }
}
