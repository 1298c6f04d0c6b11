// A cramp, logged at once: by the round button, or by the icon's own shortcut.

import { html } from '../vendor/lit-html/lit-html.js';
import { say } from '../words/index.js';
import { inWords } from './parts/problem.js';

/** @typedef {import('./app.js').App} App */

export const isBare = true;
export const title = () => say('cramp-now');

/** The phone says by hand that it is done; browsers let it only after a touch. */
export function shake() {
  if (navigator.userActivation?.hasBeenActive) navigator.vibrate?.(30);
}

/**
 * Saves it, with a way to take it back.
 * @param {App} app
 * @param {Partial<import('../types.js').EpisodeFields>} [fields] none: it began now, and goes on
 * @returns {Promise<string | null>} its id */
export async function logged(app, fields) {
  const { diary } = app;
  try {
    const id = await diary.logCramp(fields);
    shake();
    app.tell(say('noted'), async () => {
      await diary.undoCramp(id);
      app.go('/', { replace: true });
    });
    return id;
  } catch (problem) {
    app.tell(inWords(problem));
    return null;
  }
}

/** @param {App} app */
export async function enter(app) {
  const { phone } = app;
  if (phone.standing === 'nobody') {
    app.tapped = app.now;
    app.go('/welcome', { replace: true });
  } else if (!phone.diary?.canWrite || phone.diary.openCramp) {
    app.go(phone.diary?.openCramp ? '/cramp' : '/', { replace: true });
  } else {
    await logged(app);
    app.go('/cramp', { replace: true });
  }
}

/** It is here for as long as saving takes. */
export const view = () => html`
  <p class="line" role="status">${say('one-moment')}</p>
`;
