// Where somebody is signed in to this account, and ending it.

import { html, nothing } from '../vendor/lit-html/lit-html.js';
import { moment, say } from '../words/index.js';
import { all, load, loaded } from './parts/loading.js';
import { inWords } from './parts/problem.js';

/** @typedef {import('./app.js').App} App */

export const place = 'more';
export const back = '/more';
export const title = () => say('devices-title');

/** @param {App} app */
export const enter = (app) => load(app, 'sessions', () => all(app, '/v1/auth/sessions'));

/** @param {App} app */
export const view = (app) => html`
  <p>${say('devices-what')}</p>
  ${loaded(app, 'sessions', (sessions) => {
    const others = sessions.filter((/** @type {any} */ { current }) => !current);
    return html`
      ${
        others.length > 0
          ? html`
              <p class="buttons">
                <button type="button" class="warning" @click=${() => endAll(app, others)}>
                  ${say('end-all-others')}
                </button>
              </p>
            `
          : html`
              <p class="line">${say('devices-alone')}</p>
            `
      }
      ${sessions.map((/** @type {any} */ session) => device(app, session))}
    `;
  })}
`;

/** @param {App} app @param {any} session */
function device(app, session) {
  const { device_name: name, created_at: since, last_used_at: used, current } = session;
  const called = name ?? say('device-unnamed');
  return html`
    <section class="card">
      <h2>
        <bdi>${called}</bdi>
        ${
          current
            ? html`
                <span class="tag small">${say('this-device')}</span>
              `
            : nothing
        }
      </h2>
      <p>
        ${say('device-since', { at: moment(since) })}
        <br />
        ${say('device-used', { at: moment(used) })}
      </p>
      ${
        current
          ? nothing
          : html`
              <p class="buttons">
                <button
                  type="button"
                  aria-label="${say('end-device')}: ${called}"
                  @click=${() => end(app, [session], say('device-ended', { name: called }))}
                >
                  ${say('end-device')}
                </button>
              </p>
            `
      }
    </section>
  `;
}

/** @param {App} app @param {any[]} others */
async function endAll(app, others) {
  if (!(await app.confirm({ title: say('end-all-title'), text: say('end-all-text'), yes: say('end-all-others') })))
    return;
  await end(app, others, say('all-ended', { count: others.length }));
}

/** @param {App} app @param {any[]} sessions @param {string} words */
async function end(app, sessions, words) {
  try {
    for (const { id } of sessions) await app.phone.call('DELETE', `/v1/auth/sessions/${id}`);
    app.tell(words);
  } catch (problem) {
    app.tell(inWords(problem));
  }
  await app.state.sessions.again();
}
