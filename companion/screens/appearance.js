// How the app looks and speaks on this phone.

import { html } from '../vendor/lit-html/lit-html.js';
import { say } from '../words/index.js';
import { chooseLanguage, chooseTheme, chosenLanguage, theme } from './look.js';
import { one } from './parts/choices.js';

/** @typedef {import('./app.js').App} App */

export const place = 'more';
export const back = (/** @type {App} */ { phone }) => (phone.standing === 'nobody' ? '/welcome' : '/more');
export const title = () => say('appearance-title');

/** @param {App} app */
export const view = (app) => html`
  ${one({
    legend: say('theme'),
    hint: say('theme-hint'),
    value: theme(),
    options: /** @type {const} */ (['itself', 'light', 'dark']).map((value) => ({
      value,
      label: say(`theme-${value}`),
    })),
    choose: (chosen) => {
      chooseTheme(chosen ?? 'itself');
      app.update();
    },
  })}
  ${one({
    legend: 'Language · Sprache',
    value: chosenLanguage() ?? '',
    options: [
      { value: '', label: say('language-itself') },
      { value: 'en', label: 'English' },
      { value: 'de', label: 'Deutsch' },
    ],
    choose: async (chosen) => {
      await chooseLanguage(chosen || null);
      app.update();
    },
  })}
`;
