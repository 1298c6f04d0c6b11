// Who is signed in on this phone. The refresh token is in a cookie that scripts can't read; the access token is in
// memory.

import { Problem } from '../ground/problem.js';
import { exclusively } from './turns.js';

/** @typedef {{ id: string, email: string, display_name: string | null, kind: string, time_zone: string }} User */

/** Seconds before its end at which a token is not used any more. */
const MARGIN = 30;
/** Milliseconds after which an answer is given up. */
const PATIENCE = 30_000;

export class Session {
  /** Whose the token is. @type {User | null} */
  user = null;
  #token = '';
  #until = 0;
  #origin;
  #fetch;
  /** @type {Promise<string> | null} */
  #asking = null;

  /** @param {{ origin: string, fetch: typeof globalThis.fetch }} how */
  constructor({ origin, fetch }) {
    this.#origin = origin;
    this.#fetch = fetch;
  }

  /** @param {string} method @param {string} path @param {object} [body] */
  async #ask(method, path, body) {
    const headers = { 'content-type': 'application/json' };
    const signal = AbortSignal.timeout(PATIENCE);
    const fetch = this.#fetch;
    let response;
    try {
      const options = { method, headers, body: body && JSON.stringify(body), signal };
      response = await fetch(this.#origin + path, { ...options, credentials: 'same-origin' });
    } catch (error) {
      throw Problem.offline(error);
    }
    if (!response.ok) throw await Problem.of(response);
    return response.status === 204 ? null : response.json();
  }

  /** @param {{ user: User, access_token: string, expires_in: number } | null} answer null without a cookie */
  #take(answer) {
    if (!answer) throw new Problem({ status: 401, code: 'unauthenticated' });
    const { user, access_token, expires_in } = answer;
    this.user = user;
    this.#token = access_token;
    // By the page's own clock, which nobody sets.
    this.#until = performance.now() + (expires_in - MARGIN) * 1000;
    return access_token;
  }

  /**
   * A token that is good now.
   * @param {string} [refused] one that was not
   * @returns {Promise<string>}
   */
  async token(refused) {
    if (this.#token && this.#token !== refused && performance.now() < this.#until) return this.#token;
    // One at a time, over all tabs: each of them has the same cookie.
    const work = async () => this.#take(await this.#ask('POST', '/app/session/token', {}));
    this.#asking ??= exclusively('cramp-diary-token', work).finally(() => (this.#asking = null));
    return this.#asking;
  }

  /** @param {object} account */
  async register(account) {
    this.#take(await this.#ask('POST', '/app/account', account));
  }

  /** @param {object} who */
  async signIn(who) {
    this.#take(await this.#ask('POST', '/app/session', who));
  }

  /** Ends it on the service, which takes the cookie away. */
  async end() {
    this.forget();
    await this.#ask('DELETE', '/app/session');
  }

  forget() {
    [this.user, this.#token] = [null, ''];
  }
}
