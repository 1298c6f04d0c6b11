// Those who use the API, where a test is about what others then see on a page.

import assert from 'node:assert/strict';

import { server } from './server.mjs';

export const PASSWORD = 'seven quiet herons at dusk';
export const PASSWORD_OF_THE_DEMO = 'seven cramps before breakfast';
let people = 0;

/** Asks the API for something that it must do; answers with the body. */
export async function api(method, path, body, token) {
  const response = await fetch(new URL(path, server.origin), {
    method,
    headers: {
      ...(body && { 'content-type': 'application/json' }),
      ...(token && { authorization: `Bearer ${token}` }),
    },
    body: body && JSON.stringify(body),
  });
  const text = await response.text();
  assert.ok(response.ok, `${method} ${path} answered ${response.status}: ${text}`);
  return text && JSON.parse(text);
}

/** Somebody new, by their access token. */
export async function register(account = {}) {
  people += 1;
  const asked = { email: `person-${people}@example.org`, password: PASSWORD, ...account };
  return (await api('POST', '/v1/auth/register', asked)).tokens.access_token;
}

/** One of the demo, who has a year of cramps, by their access token. */
export async function signInAs(name) {
  const credentials = { email: `${name}@example.org`, password: PASSWORD_OF_THE_DEMO };
  return (await api('POST', '/v1/auth/login', credentials)).access_token;
}

/** A patient shares the diary with somebody. */
export async function share(patient, other, terms = {}) {
  const { code } = await api('POST', '/v1/diaries/me/invitations', { role: 'viewer', ...terms }, patient);
  return api('POST', '/v1/invitations/redeem', { code }, other);
}

/** A patient logs a cramp. */
export function logCramp(patient, cramp) {
  return api('POST', '/v1/diaries/me/episodes', cramp, patient);
}
