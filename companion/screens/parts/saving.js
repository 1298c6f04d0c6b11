// Each tap is kept at once; what could not be kept is said.

import { say } from '../../words/index.js';
import { inWords } from './problem.js';

/** @typedef {import('../app.js').App} App */

/**
 * Changes a cramp.
 * @param {App} app
 * @param {string} id
 * @param {Partial<import('../../types.js').EpisodeFields>} fields
 */
export const change = (app, id, fields) => save(app, () => app.diary.changeCramp(id, fields));

/**
 * Does it, and says that it is kept, or why not.
 * @param {App} app
 * @param {() => Promise<unknown>} act
 * @param {string} [words]
 * @returns {Promise<boolean>}
 */
export async function save(app, act, words = say('kept')) {
  try {
    await act();
    if (!app.notice?.undo) app.tell(words);
    return true;
  } catch (problem) {
    app.tell(inWords(problem));
    return false;
  }
}

/**
 * Deletes something, and offers it back.
 * @param {App} app
 * @param {() => Promise<() => unknown>} act
 * @param {string} words
 */
export async function remove(app, act, words) {
  try {
    app.tell(words, await act());
    return true;
  } catch (problem) {
    app.tell(inWords(problem));
    return false;
  }
}
