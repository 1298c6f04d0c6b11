// Standard libraries of two languages are let in by a person, and use what they were given: openid-client, and Authlib for
// Python. Of the service they know its address alone, and their id.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';

import * as oauth from 'openid-client';

import { Service } from './service.mjs';

const CALLBACK = 'https://app.example/callback';
const SCOPE = 'diary:read diary:write';
let service;

before(async () => { service = await new Service().start({ PUBLIC_URL: 'http://{LISTEN}' }); });
after(() => service.remove());

/** Somebody with an account and a browser, which keeps cookies and goes nowhere by itself. */
class Person {
  #cookies = [];

  static async registered(email) {
    const person = new Person();
    const account = { email, password: 'seven quiet herons at dusk' };
    const made = await fetch(`${service.origin}/v1/auth/register`, {
      method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(account),
    });
    assert.equal(made.status, 201);
    const signedIn = await person.sends('/sign-in', account);
    person.#cookies = signedIn.headers.getSetCookie().map((cookie) => cookie.split(';')[0]);
    assert.equal(signedIn.status, 303);
    return person;
  }

  #headers() {
    return { cookie: this.#cookies.join('; '), 'sec-fetch-site': 'same-origin' };
  }

  opens(path) {
    return fetch(new URL(path, service.origin), { headers: this.#headers(), redirect: 'manual' });
  }

  sends(path, fields) {
    const init = { method: 'POST', headers: this.#headers(), redirect: 'manual', body: new URLSearchParams(fields) };
    return fetch(new URL(path, service.origin), init);
  }

  /** Lets an app in that sent them here, and is sent back: where to. */
  async letsIn(url) {
    const page = await (await this.opens(url)).text();
    const value = (name) => new RegExp(`name="${name}" value="([^"]*)"`).exec(page)?.[1] ?? '';
    const scopes = Object.fromEntries(SCOPE.split(' ').map((scope) => [scope, 'yes']));
    const fields = { ...scopes, answer: 'yes', offered: value('offered'), diary_0: 'yes', form_token: value('form_token') };
    const answer = await this.sends(url, fields);
    assert.equal(answer.status, 303, await answer.text());
    return answer.headers.get('location');
  }
}

async function registered(...more) {
  const said = service.run('client', 'add', 'Sleep Log', '--redirect', CALLBACK, ...more);
  return { id: /^id +(\S+)$/m.exec(said)[1], secret: /^secret +(crs_\S+)/m.exec(said)?.[1] };
}

for (const kind of ['public', 'confidential']) {
  test(`openid-client is let in as a ${kind} app`, async () => {
    const person = await Person.registered(`${kind}@example.org`);
    const { id, secret } = await registered(...(kind === 'public' ? ['--public'] : []));
    const auth = secret ? oauth.ClientSecretBasic(secret) : oauth.None();
    const options = { algorithm: 'oauth2', execute: [oauth.allowInsecureRequests] };
    const config = await oauth.discovery(new URL(service.origin), id, undefined, auth, options);
    const pkceCodeVerifier = oauth.randomPKCECodeVerifier();
    const expectedState = oauth.randomState();
    const url = oauth.buildAuthorizationUrl(config, {
      redirect_uri: CALLBACK, scope: SCOPE, state: expectedState, code_challenge_method: 'S256',
      code_challenge: await oauth.calculatePKCECodeChallenge(pkceCodeVerifier),
    });
    const back = new URL(await person.letsIn(url));
    const tokens = await oauth.authorizationCodeGrant(config, back, { pkceCodeVerifier, expectedState });
    assert.equal(tokens.scope, SCOPE);

    const at = (path, method, body) => oauth.fetchProtectedResource(config, tokens.access_token,
      new URL(path, service.origin), method, body, new Headers({ 'content-type': 'application/json' }));
    const logged = await at('/v1/diaries/me/episodes', 'POST', JSON.stringify({ started_at: '2026-03-01T02:30:00+01:00' }));
    assert.equal(logged.status, 201);
    assert.equal((await (await at('/v1/diaries/me/episodes', 'GET')).json()).items.length, 1);

    const next = await oauth.refreshTokenGrant(config, tokens.refresh_token);
    assert.notEqual(next.refresh_token, tokens.refresh_token);
    if (secret) {
      const told = await oauth.tokenIntrospection(config, next.access_token);
      assert.deepEqual([told.active, told.scope, told.client_id], [true, SCOPE, id]);
    }
    await oauth.tokenRevocation(config, next.refresh_token);
    await assert.rejects(oauth.refreshTokenGrant(config, next.refresh_token), { error: 'invalid_grant' });
  });
}

test('Authlib is let in', async () => {
  const person = await Person.registered('authlib@example.org');
  const { id, secret } = await registered();
  const script = fileURLToPath(new URL('oauth.py', import.meta.url));
  const python = spawn(process.env.PYTHON ?? 'python3', [script, service.origin, id, secret, CALLBACK], {
    stdio: ['pipe', 'pipe', 'inherit'], env: { ...process.env, AUTHLIB_INSECURE_TRANSPORT: '1' },
  });
  const ended = once(python, 'exit');
  const lines = createInterface({ input: python.stdout })[Symbol.asyncIterator]();
  const { value: url } = await lines.next();
  python.stdin.end(`${await person.letsIn(url)}\n`);
  assert.deepEqual(await ended, [0, null]);
  assert.equal((await lines.next()).value, 'let in, used, carried on and ended');
});
