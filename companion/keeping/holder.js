// Whose phone this is: signing in and out, and that nothing of one person ever reaches another.

import { newId } from '../ground/ids.js';
import { Problem } from '../ground/problem.js';
import * as reports from './reports.js';
import { problemOf } from './sync.js';

/** @import { Account, Standing } from '../types.js' */
/** @import { Keep } from './keep.js' */
/** @import { Session, User } from './session.js' */

/** @typedef {Pick<Session, 'user' | 'token' | 'register' | 'signIn' | 'end' | 'forget'>} SessionLike */

export class Holder {
  #keep;
  #session;

  /** @param {Keep} keep @param {SessionLike} session */
  constructor(keep, session) {
    this.#keep = keep;
    this.#session = session;
  }

  /** @returns {Account | null} */
  get account() {
    return this.#keep.recall('account') ?? null;
  }

  /** @returns {Standing} */
  get standing() {
    if (!this.account) return 'nobody';
    return this.#keep.recall('hasEnded') ? 'ended' : 'signed_in';
  }

  /** @param {{ email: string, password: string, discard?: boolean }} account */
  async register({ discard, ...account }) {
    if (!discard) this.#refuseOthers(undefined);
    await this.#session.register(account);
    await this.#adopt({ discard });
  }

  /** @param {{ email: string, password: string, code?: string, device_name?: string, discard?: boolean }} who */
  async signIn({ email, password, code, device_name, discard }) {
    if (!discard) this.#refuseOthers(email);
    await this.#session.signIn({ email, password, code, device_name });
    await this.#adopt({ discard });
  }

  /**
   * What somebody else has not sent is not given up unasked. The address is known before anything is asked of the
   * service.
   * @param {string | undefined} email
   */
  #refuseOthers(email) {
    const [account, waiting] = [this.account, this.#keep.waiting.length + this.#keep.conflicts.length];
    if (!account || !waiting || account.email.toLowerCase() === email?.trim().toLowerCase()) return;
    const problem = new Problem({ status: 0, code: 'held_for_another' });
    problem.held = { email: account.email, waiting };
    throw problem;
  }

  /** Whoever is signed in now has this phone. @param {{ discard?: boolean }} how */
  async #adopt({ discard = false }) {
    const user = /** @type {User} */ (this.#session.user);
    const former = this.account;
    if (former && former.user_id !== user.id) {
      try {
        // The address may be another one by now; the id is not.
        if (!discard) this.#refuseOthers(undefined);
      } catch (error) {
        await this.#session.end().catch(() => {});
        throw error;
      }
      await this.#wipe({});
    }
    const { id: user_id, email, display_name, kind } = user;
    const diary_id = former?.user_id === user_id ? former.diary_id : null;
    const account = { user_id, email, display_name, kind, diary_id };
    const owner = this.#keep.recall('owner') ?? newId();
    await this.#keep.remember({ account, owner, hasEnded: undefined, owed: undefined });
  }

  /** Also without a network: then the cookie is owed to the service, and goes as soon as it can. */
  async signOut() {
    const hasEnded = await this.#session.end().then(() => true, (error) => problemOf(error).status === 401);
    this.#session.forget();
    await this.#wipe(hasEnded ? {} : { owed: true });
  }

  /** @param {Record<string, unknown>} rest */
  async #wipe(rest) {
    await this.#keep.wipe(rest);
    await reports.forget();
  }

  /**
   * Nobody is signed in here, but the cookie may know somebody, as after a sign-in on the pages of the service.
   * @returns {Promise<boolean>} whether it did
   */
  async resume() {
    try {
      if (!this.#keep.recall('owed')) {
        await this.#session.token();
        await this.#adopt({});
        return true;
      }
      await this.#session.end();
      await this.#keep.remember({ owed: undefined });
    } catch {
      // Then somebody signs in.
    }
    return false;
  }

  /** @param {string} [refused] */
  async token(refused) {
    const token = await this.#session.token(refused);
    if (!this.#isAnothers()) return token;
    // Of who was signed in before, on this page; another tab has signed in somebody else.
    this.#session.forget();
    const next = await this.#session.token();
    // The cookie may be somebody else's, who signed in on another page: nothing of this phone is theirs.
    if (this.#isAnothers()) throw new Problem({ status: 401, code: 'unauthenticated' });
    return next;
  }

  #isAnothers() {
    const [account, user] = [this.account, this.#session.user];
    return account !== null && user !== null && user.id !== account.user_id;
  }

  /**
   * Whether a problem says that the session is over. Then everything stays here until the next sign-in.
   * @param {Problem} problem
   */
  async hasEnded({ status, code }) {
    if (status !== 401 || code !== 'unauthenticated' || this.standing !== 'signed_in') return false;
    await this.#keep.remember({ hasEnded: true });
    return true;
  }

  /** The person may have another name or address by now, or a diary. @param {string | null} diary_id */
  async update(diary_id) {
    const former = this.account;
    if (!former) return;
    const { email, display_name } = this.#session.user ?? former;
    const account = { ...former, email, display_name, diary_id };
    if (JSON.stringify(account) !== JSON.stringify(former)) await this.#keep.remember({ account });
  }
}
