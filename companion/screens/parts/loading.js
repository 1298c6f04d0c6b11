// What is asked of the service while one looks at a screen: under way, there, offline or failed, each drawn.

import { html, nothing } from '../../vendor/lit-html/lit-html.js';
import { say } from '../../words/index.js';
import { inWords } from './problem.js';

/** @typedef {import('../app.js').App} App */

/**
 * Asks, and keeps the answer under `name` in the screen's memory.
 * @param {App} app
 * @param {string} name
 * @param {() => Promise<unknown>} ask
 */
export async function load(app, name, ask) {
  const { state } = app;
  state[name] ??= {};
  Object.assign(state[name], { again: () => load(app, name, ask), isUnderWay: true, problem: null });
  app.update();
  try {
    state[name].value = await ask();
  } catch (problem) {
    state[name].problem = problem;
  }
  state[name].isUnderWay = false;
  app.update();
}

/** Draws what came, or why nothing did. @param {App} app @param {string} name @param {(value: any) => unknown} draw */
export function loaded({ state }, name, draw) {
  const { value, problem, isUnderWay, again } = state[name] ?? { isUnderWay: true };
  const failed =
    problem && !isUnderWay
      ? html`
          <p class="banner warning" role="alert">
            <span>${problem.isOffline ? say('needs-network') : inWords(problem)}</span>
            <button type="button" @click=${again}>${say('try-again')}</button>
          </p>
        `
      : nothing;
  if (value !== undefined)
    return html`
      ${failed}${draw(value)}
    `;
  return isUnderWay
    ? html`
        <p class="line" role="status">${say('one-moment')}</p>
      `
    : failed;
}

/**
 * All items of a list that the service gives page by page; `most` of them.
 * @param {App} app
 * @param {string} path
 * @param {number} [most]
 */
export async function all({ phone }, path, most = 1000) {
  /** @type {any[]} */
  const items = [];
  /** @type {string | null} */
  let cursor = null;
  do {
    const joint = path.includes('?') ? '&' : '?';
    const page = await phone.call(
      'GET',
      `${path}${joint}limit=200${cursor ? `&cursor=${encodeURIComponent(cursor)}` : ''}`,
    );
    items.push(...page.items);
    cursor = page.next_cursor;
  } while (cursor && items.length < most);
  return items;
}
