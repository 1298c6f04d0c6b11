// Who is signed in on this phone. The key of the session is in a cookie that scripts can't read, and stays the same.
// The access tokens that are had for it are in memory.

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
  /** Aborted when somebody else signs in, or nobody is any more: later answers to earlier questions are dropped. */
  #turn = new AbortController();
  #origin;
  #fetch;
  /** @type {Promise<string> | null} */
  #asking = null;

  /** @param {{ origin: string, fetch: typeof globalThis.fetch }} how */
  constructor({ origin, fetch }) {
    this.#origin = origin;
    this.#fetch = fetch;
  }

  /** @param {string} method @param {string} path @param {object} [body] @param {AbortSignal} [turn] */
  async #ask(method, path, body, turn) {
    const headers = { 'content-type': 'application/json' };
    const late = AbortSignal.timeout(PATIENCE);
    const signal = turn ? AbortSignal.any([late, turn]) : late;
    const fetch = this.#fetch;
    let response;
    try {
      const options = { method, headers, body: body && JSON.stringify(body), signal };
      response = await fetch(this.#origin + path, { ...options, credentials: 'same-origin' });
    } catch (error) {
      turn?.throwIfAborted();
      throw Problem.offline(error);
    }
    if (!response.ok) throw await Problem.of(response);
    const answer = [202, 204].includes(response.status) ? null : await response.json();
    turn?.throwIfAborted();
    return answer;
  }

  /** What is still on its way is of somebody else from now on. */
  #turnOver() {
    this.#turn.abort(new Problem({ status: 0, code: 'signed_out' }));
    [this.#turn, this.#asking] = [new AbortController(), null];
  }

  /**
   * @param {{ user: User, access_token: string, expires_in: number } | null} answer null without a cookie of the app
   */
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
    const { signal } = this.#turn;
    const work = async () => {
      signal.throwIfAborted();
      return this.#take(await this.#ask('POST', '/app/session/token', {}, signal));
    };
    if (this.#asking) return this.#asking;
    const asking = exclusively('cramp-diary-token', work)
      .finally(() => (this.#asking = this.#asking === asking ? null : this.#asking));
    this.#asking = asking;
    return asking;
  }

  /**
   * Where the service sends mail, it does not say whether there is an account with the address already, and signs nobody
   * in: who then can't sign in with the same password has one.
   * @param {{ email: string, password: string, device_name?: string }} account @returns {Promise<User>}
   */
  async register(account) {
    this.#turnOver();
    const answer = await this.#ask('POST', '/app/account', account);
    if (answer) return this.#began(answer);
    const { email, password, device_name } = account;
    try {
      return await this.signIn({ email, password, device_name });
    } catch (thrown) {
      const { code } = /** @type {Problem} */ (thrown);
      const hasOne = code === 'invalid_credentials' || code === 'second_factor_required';
      throw hasOne ? new Problem({ status: 409, code: 'email_taken' }) : thrown;
    }
  }

  /** @param {object} who @returns {Promise<User>} */
  signIn(who) {
    return this.#begin('/app/session', who);
  }

  /** By a passkey alone. @param {object} who @returns {Promise<User>} */
  signInByPasskey(who) {
    return this.#begin('/app/session/passkey', who);
  }

  /** What a passkey is to sign. @returns {Promise<{ public_key: PublicKeyCredentialRequestOptionsJSON }>} */
  askForPasskey() {
    return this.#ask('POST', '/v1/auth/passkey/begin');
  }

  /** @param {string} path @param {object} body */
  async #begin(path, body) {
    this.#turnOver();
    return this.#began(await this.#ask('POST', path, body));
  }

  /** @param {{ user: User, access_token: string, expires_in: number }} answer */
  #began(answer) {
    this.#turnOver();
    this.#take(answer);
    return answer.user;
  }

  /** Has a mail sent by which another password is chosen, if there is an account. @param {string} email */
  async askForMail(email) {
    await this.#ask('POST', '/v1/auth/password-reset', { email });
  }

  /** Ends it on the service, which takes the cookie away. */
  async end() {
    this.forget();
    await this.#ask('DELETE', '/app/session', undefined, this.#turn.signal);
  }

  forget() {
    this.#turnOver();
    [this.user, this.#token] = [null, ''];
  }
}
