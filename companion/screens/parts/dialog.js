// The questions that stand in the way: "really?", and the password once more.

import { canAsk } from '../../ground/passkey.js';
import { html, nothing } from '../../vendor/lit-html/lit-html.js';
import { say } from '../../words/index.js';
import { field, read } from './field.js';
import { inWords } from './problem.js';

/** @typedef {import('../app.js').App} App */
/** @typedef {import('../app.js').Question} Question */

/** @param {App} app @param {Question} question */
export function dialog(app, question) {
  const cancel = (/** @type {Event} */ event) => {
    event.preventDefault();
    question.answer(false);
  };
  return html`
    <dialog aria-labelledby="question" @cancel=${cancel}>
      ${question.kind === 'confirm' ? confirm(question) : prove(app, question)}
    </dialog>
  `;
}

/** @param {Question & { kind: 'confirm' }} question */
function confirm({ title, text, yes, answer }) {
  return html`
    <h2 id="question">${title}</h2>
    <p>${text}</p>
    <p class="buttons">
      <button type="button" class="first" @click=${() => answer(true)}>${yes}</button>
      <button type="button" @click=${() => answer(false)}>${say('cancel')}</button>
    </p>
  `;
}

/** @param {App} app @param {Question & { kind: 'prove' }} question */
function prove(app, question) {
  const { needsCode, error, isBusy } = question;
  return html`
    <form method="dialog" @submit=${(/** @type {SubmitEvent} */ event) => send(app, event)}>
      <h2 id="question">${say('prove-title')}</h2>
      <p>${say('prove-why')}</p>
      ${field({
        name: 'password',
        type: 'password',
        label: say('password'),
        autocomplete: 'current-password',
        error: needsCode ? '' : error,
      })}
      ${
        needsCode
          ? field({
              name: 'code',
              label: say('code'),
              autocomplete: 'one-time-code',
              error,
              hint: say('code-hint'),
            })
          : nothing
      }
      <p class="buttons">
        <button class="first" ?disabled=${isBusy}>${say(isBusy ? 'one-moment' : 'go-on')}</button>
        ${
          canAsk()
            ? html`
                <button type="button" ?disabled=${isBusy} @click=${() => shown(app, () => app.phone.stepUpByPasskey())}>
                  ${say('prove-passkey')}
                </button>
              `
            : nothing
        }
        <button type="button" @click=${() => question.answer(false)}>${say('cancel')}</button>
      </p>
    </form>
  `;
}

/** @param {App} app @param {SubmitEvent} event */
async function send(app, event) {
  event.preventDefault();
  const { password, code } = read(event);
  await shown(app, () => app.phone.stepUp({ password, ...(code && { code }) }));
}

/** @param {App} app @param {() => Promise<unknown>} act */
async function shown(app, act) {
  const question = /** @type {Question & { kind: 'prove' }} */ (app.question);
  Object.assign(question, { isBusy: true, error: '' });
  app.update();
  try {
    await act();
    question.answer(true);
  } catch (problem) {
    const { code: kind, wantsPasskey } = /** @type {any} */ (problem);
    const wantsCode = kind === 'second_factor_required';
    Object.assign(question, {
      isBusy: false,
      needsCode: question.needsCode || wantsCode,
      error: wantsCode ? say(wantsPasskey ? 'passkey-wanted' : 'code-wanted') : inWords(problem),
    });
    app.update();
  }
}
