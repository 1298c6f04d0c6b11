// Taking the data away: the whole diary as a file, what was noted as tables, or what a clinic's system reads.

import { html, nothing } from '../vendor/lit-html/lit-html.js';
import { say } from '../words/index.js';
import { inWords } from './parts/problem.js';

/** @typedef {import('./app.js').App} App */

export const place = 'more';
export const back = '/more';
export const title = () => say('export-title');

const EVERYTHING = { path: '/v1/diaries/me/export', name: 'cramp-diary.json' };
const TABLES = { path: '/v1/diaries/me/export.zip', name: 'cramp-diary.zip' };
const FHIR = { path: '/v1/diaries/me/export.fhir.json', name: 'cramp-diary.fhir.json' };

/** @param {App} app */
export function view(app) {
  const {
    state: { isBusy, problem },
    phone,
  } = app;
  return html`
    <p>${say('export-what')}</p>
    ${
      phone.isOnline
        ? nothing
        : html`
            <p class="banner">${say('needs-network')}</p>
          `
    }
    ${
      phone.waiting > 0
        ? html`
            <p class="banner">${say('export-unsent', { count: phone.waiting })}</p>
          `
        : nothing
    }
    ${
      problem
        ? html`
            <p class="banner warning" role="alert">${inWords(problem)}</p>
          `
        : nothing
    }
    <p class="buttons">
      <button type="button" class="first" ?disabled=${!phone.isOnline || isBusy} @click=${() => fetchIt(app, EVERYTHING)}>
        ${say(isBusy ? 'one-moment' : 'download')}
      </button>
    </p>
    <p>${say('export-tables-what')}</p>
    <p class="buttons">
      <button type="button" ?disabled=${!phone.isOnline || isBusy} @click=${() => fetchIt(app, TABLES)}>
        ${say(isBusy ? 'one-moment' : 'download-tables')}
      </button>
    </p>
    <p>${say('export-fhir-what')}</p>
    <p class="buttons">
      <button type="button" ?disabled=${!phone.isOnline || isBusy} @click=${() => fetchIt(app, FHIR)}>
        ${say(isBusy ? 'one-moment' : 'download-fhir')}
      </button>
    </p>
  `;
}

/** @param {App} app @param {{ path: string, name: string }} what */
async function fetchIt(app, { path, name }) {
  const { phone } = app;
  app.set({ isBusy: true, problem: null });
  try {
    const blob = await app.withProof(() => phone.call('GET', path, undefined, { as: 'blob' }));
    if (blob) keepFile(blob, name);
  } catch (problem) {
    app.set({ problem });
  }
  app.set({ isBusy: false });
}

/** @param {Blob} blob @param {string} name */
function keepFile(blob, name) {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}
