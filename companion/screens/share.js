// Who may look, and how to end it.

import { html, nothing } from '../vendor/lit-html/lit-html.js';
import { fullDate, moment, say } from '../words/index.js';
import { all, load, loaded } from './parts/loading.js';
import { inWords } from './parts/problem.js';

/** @typedef {import('./app.js').App} App */

export const place = 'share';
export const title = () => say('share-title');

/** @param {App} app */
export function enter(app) {
  const { diary } = app;
  if (!diary.isMine) return undefined;
  return load(app, 'shared', async () => {
    const path = `/v1/diaries/${diary.id}`;
    const [grants, invitations] = await Promise.all([all(app, `${path}/grants`), all(app, `${path}/invitations`)]);
    return { grants, open: invitations.filter(({ status }) => status === 'open') };
  });
}

/** @param {App} app */
export function view(app) {
  const { diary, phone } = app;
  if (!diary.isMine)
    return html`
      <p class="empty line">${say('share-not-yours')}</p>
      <p class="buttons"><a class="button" href="#/report">${say('report-title')}</a></p>
    `;
  return html`
    <p>${say('share-what')}</p>
    <p class="buttons">
      ${
        phone.isOnline
          ? html`
              <a class="button first" href="#/share/new">${say('share-new')}</a>
            `
          : html`
              <span class="line">${say('share-offline')}</span>
            `
      }
      <a class="button" href="#/report">${say('report-title')}</a>
    </p>
    <h2>${say('share-who')}</h2>
    ${loaded(
      app,
      'shared',
      ({ grants, open }) => html`
        ${
          grants.length === 0
            ? html`
                <p class="empty line">${say('share-nobody')}</p>
              `
            : grants.map((/** @type {any} */ grant) => person(app, grant))
        }
        ${
          open.length > 0
            ? html`
                <h2>${say('share-open')}</h2>
                ${open.map((/** @type {any} */ invitation) => openCode(app, invitation))}
              `
            : nothing
        }
      `,
    )}
    <p class="buttons below">
      <a class="button" href="#/looks">${say('looks-title')}</a>
      <a class="button" href="/me/sharing">${say('share-links')}</a>
    </p>
  `;
}

/** What somebody may see, in one line. @param {any} terms */
const inShort = ({ role, visible_from: from, include_notes: notes, access_until: until }) =>
  [
    say(`role-${/** @type {'viewer'} */ (role)}`),
    from && say('sees-from', { date: fullDate(from) }),
    role === 'viewer' && say(notes ? 'with-notes' : 'without-notes'),
    until && say('until', { at: moment(until) }),
  ]
    .filter(Boolean)
    .join(' ');

/** @param {App} app @param {any} grant */
function person(app, grant) {
  const { label, user_name: called, user_email: email, last_seen_at: seen } = grant;
  const name = called ?? email;
  return html`
    <section class="card">
      <h3>
        <bdi>${name}</bdi>
        ${
          label
            ? html`
                ·
                <bdi>${label}</bdi>
              `
            : nothing
        }
      </h3>
      <p class="small"><bdi>${email}</bdi></p>
      <p>${inShort(grant)} ${seen ? say('last-look', { at: moment(seen) }) : say('no-look')}</p>
      <p class="buttons">
        <button type="button" aria-label="${say('end-access')}: ${name}" @click=${() => end(app, grant, name)}>
          ${say('end-access')}
        </button>
      </p>
    </section>
  `;
}

/** @param {App} app @param {any} invitation */
function openCode(app, invitation) {
  const name = invitation.label ?? say('unnamed');
  return html`
    <section class="card">
      <h3><bdi>${name}</bdi></h3>
      <p>${inShort(invitation)} ${say('code-until', { at: moment(invitation.expires_at) })}</p>
      <p class="buttons">
        <button type="button" aria-label="${say('withdraw')}: ${name}" @click=${() => withdraw(app, invitation, name)}>
          ${say('withdraw')}
        </button>
      </p>
    </section>
  `;
}

/** @param {App} app @param {any} grant @param {string} name */
async function end(app, { id }, name) {
  if (!(await app.confirm({ title: say('end-title', { name }), text: say('end-text'), yes: say('end-access') })))
    return;
  await done(app, `/v1/diaries/${app.diary.id}/grants/${id}`, say('ended-for', { name }));
}

/** @param {App} app @param {any} invitation @param {string} name */
async function withdraw(app, { id }, name) {
  if (
    !(await app.confirm({ title: say('withdraw-title', { name }), text: say('withdraw-text'), yes: say('withdraw') }))
  )
    return;
  await done(app, `/v1/diaries/${app.diary.id}/invitations/${id}`, say('withdrawn', { name }));
}

/** @param {App} app @param {string} path @param {string} words */
async function done(app, path, words) {
  try {
    await app.withProof(() => app.phone.call('DELETE', path));
    app.tell(words);
    await app.state.shared.again();
  } catch (problem) {
    app.tell(inWords(problem));
  }
}
