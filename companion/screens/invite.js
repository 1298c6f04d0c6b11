// Letting somebody in: what they will see, in plain words, and then a code as large as the screen.

import { html, nothing } from '../vendor/lit-html/lit-html.js';
import { language, moment, say } from '../words/index.js';
import { one } from './parts/choices.js';
import { field, read } from './parts/field.js';
import { load, loaded } from './parts/loading.js';
import { faults, inWords } from './parts/problem.js';

/** @typedef {import('./app.js').App} App */

export const place = 'share';
export const back = '/share';
export const title = (/** @type {App} */ { state }) => say(state.made ? 'code-title' : 'share-new');

/** @param {App} app */
export const enter = (app) => load(app, 'texts', () => app.phone.call('GET', `/v1/consent-texts?lang=${language()}`));

/** @param {App} app */
export function view(app) {
  const { state, phone } = app;
  if (state.made) return code(app, state.made);
  if (!phone.isOnline)
    return html`
      <p class="empty line">${say('share-offline')}</p>
    `;
  const role = state.role ?? 'viewer';
  const { errors = {}, problem } = state;
  return html`
    <form @submit=${(/** @type {SubmitEvent} */ event) => send(app, event)} novalidate>
      ${field({ name: 'label', label: say('for-whom'), hint: say('for-whom-hint'), maxlength: 200, error: errors.label })}
      ${one({
        legend: say('may-they'),
        value: role,
        choose: (chosen) => chosen && app.set({ role: chosen }),
        options: [
          { value: 'viewer', label: say('may-read') },
          { value: 'contributor', label: say('may-write') },
        ],
      })}
      ${
        role === 'viewer'
          ? html`
              <label class="check">
                <input type="checkbox" name="notes" />
                ${say('show-notes')}
              </label>
              ${field({
                name: 'from',
                type: 'date',
                label: say('show-from'),
                hint: say('show-from-hint'),
                error: errors.visible_from,
              })}
            `
          : nothing
      }
      <section>
        <h2>${say('what-it-means')}</h2>
        ${loaded(app, 'texts', (texts) => consent(texts, role))}
      </section>
      ${
        problem
          ? html`
              <p class="banner warning" role="alert">${inWords(problem)}</p>
            `
          : nothing
      }
      <p class="buttons">
        <button class="first" ?disabled=${state.isBusy || !state.texts?.value}>
          ${say(state.isBusy ? 'one-moment' : 'agree')}
        </button>
      </p>
    </form>
  `;
}

/** @param {any} texts @param {string} role */
function consent({ items }, role) {
  const text =
    items.find((/** @type {any} */ one) => one.purpose === role && one.language === language()) ??
    items.find((/** @type {any} */ one) => one.purpose === role);
  return (text?.text ?? '').split('\n\n').map(
    (/** @type {string} */ paragraph) => html`
      <p>${paragraph}</p>
    `,
  );
}

/** @param {App} app @param {SubmitEvent} event */
async function send(app, event) {
  event.preventDefault();
  const { label, notes, from } = read(event);
  const { state, diary, phone } = app;
  const role = state.role ?? 'viewer';
  app.set({ isBusy: true, problem: null, errors: {} });
  const terms = {
    role,
    language: language(),
    words_version: state.texts.value.version,
    ...(label.trim() && { label: label.trim() }),
    ...(role === 'viewer' && { include_notes: notes === 'on', ...(from && { visible_from: from }) }),
  };
  try {
    state.made = await app.withProof(() => phone.call('POST', `/v1/diaries/${diary.id}/invitations`, terms));
  } catch (problem) {
    state.problem = problem;
    state.errors = faults(problem);
  }
  state.isBusy = false;
  app.update();
  if (state.made) document.querySelector('h1')?.focus();
}

/** @param {App} app @param {any} made */
function code(app, { code: words, url, qr_svg: qr, expires_at: until, role, label }) {
  const share = () =>
    navigator.share({ title: say('app-name'), text: say('code-message', { code: words }), url }).catch(() => {});
  const copy = async () => {
    await navigator.clipboard.writeText(url);
    app.tell(say('copied'));
  };
  return html`
    <p class="the-code">
      ${words.split('-').map(
        (/** @type {string} */ group, /** @type {number} */ n) => html`
          ${n > 0 ? '-' : ''}
          <span>${group}</span>
        `,
      )}
    </p>
    <img class="qr" alt=${say('qr-alt')} src="data:image/svg+xml,${encodeURIComponent(qr)}" />
    <p>
      ${label ? say('code-for', { name: label }) : nothing} ${say(`lets-${/** @type {'viewer'} */ (role)}`)}
    </p>
    <p class="small">${say('code-once', { at: moment(until) })} ${say('code-end-it')}</p>
    <p class="buttons at-hand">
      ${
        'share' in navigator
          ? html`
              <button type="button" @click=${share}>${say('send-link')}</button>
            `
          : html`
              <button type="button" @click=${copy}>${say('copy-link')}</button>
            `
      }
      <a class="button first" href="#/share">${say('done')}</a>
    </p>
  `;
}
