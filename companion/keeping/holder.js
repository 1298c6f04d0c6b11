// Whose phone this is: signing in and out, and that nothing of one person ever reaches another.

import { newId } from '../ground/ids.js';
import { signed } from '../ground/passkey.js';
import { Problem } from '../ground/problem.js';
import * as reports from './reports.js';
import { problemOf } from './sync.js';

/** @import { Account, Standing } from '../types.js' */
/** @import { Keep } from './keep.js' */
/** @import { Session, User } from './session.js' */
/** @import { Tenure } from './tenure.js' */

/** @typedef {Pick<Session, 'user' | 'token' | 'register' | 'signIn' | 'signInByPasskey' | 'askForPasskey' | 'askForMail' | 'end'
 *   | 'forget'>} SessionLike */

/** Milliseconds that nobody is kept waiting for longer when the service is asked who is signed in. */
const PATIENCE = 4_000;

/** @param {Promise<unknown>} work that goes on when it takes longer */
export async function soon(work) {
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  await Promise.race([work, new Promise((done) => (timer = setTimeout(done, PATIENCE)))]);
  clearTimeout(timer);
}

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
    await this.#adopt(await this.#session.register(account), { discard });
  }

  /** @param {{ email: string, password: string, code?: string, device_name?: string, discard?: boolean }} who */
  async signIn({ email, password, code, device_name, discard }) {
    if (!discard) this.#refuseOthers(email);
    await this.#adopt(await this.#session.signIn({ email, password, code, device_name }), { discard });
  }

  /** @param {string} email */
  askForMail(email) {
    return this.#session.askForMail(email);
  }

  /** Whose it is says the passkey. @param {{ device_name?: string, discard?: boolean }} who */
  async signInByPasskey({ device_name, discard }) {
    const credential = await this.signedByPasskey();
    await this.#adopt(await this.#session.signInByPasskey({ credential, device_name }), { discard });
  }

  /** What a passkey has signed, for whoever asks once more who it is. */
  signedByPasskey() {
    return signed(() => this.#session.askForPasskey());
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

  /** Whoever has signed in has this phone. @param {User} user @param {{ discard?: boolean }} how */
  async #adopt(user, { discard = false }) {
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

  /**
   * Takes everything away at once, also on a network that says nothing: the end of the session is owed to the service.
   */
  async signOut() {
    const owed = this.account?.user_id ?? this.#keep.recall('owed');
    this.#session.forget();
    await this.#wipe(owed ? { owed } : {});
  }

  /** Ends the session of who has signed out here, and of nobody else, as soon as there is a network. */
  async settle() {
    const owed = this.#keep.recall('owed');
    if (!owed || this.account) return;
    const { tenure } = this.#keep;
    try {
      // Since then, the cookie may have become somebody else's on another page.
      this.#session.forget();
      await this.#session.token();
      tenure.check();
      if (this.#session.user?.id === owed) await this.#session.end();
    } catch (error) {
      if (problemOf(error).status !== 401) return;
    }
    await this.#keep.remember({ owed: undefined }, tenure).catch(() => {});
  }

  /** @param {Record<string, unknown>} rest */
  async #wipe(rest) {
    // A report that comes after this is not kept any more.
    this.#keep.tenure.end();
    await reports.forget().catch(() => {});
    await this.#keep.wipe(rest);
  }

  /**
   * Nobody is signed in here, but the cookie may know somebody, as after a sign-in on the pages of the service.
   * @returns {Promise<boolean>} whether it did
   */
  async resume() {
    const { tenure } = this.#keep;
    try {
      await this.settle();
      if (this.#keep.recall('owed')) return false;
      await this.#session.token();
      const { user } = this.#session;
      // Whoever has signed in while this was asked stays.
      if (!user || this.account || tenure.signal.aborted) return false;
      await this.#adopt(user, {});
      return true;
    } catch {
      // Then somebody signs in.
      return false;
    }
  }

  /** A token of whoever has this phone. @param {string | undefined} refused @param {Tenure} tenure */
  async token(refused, tenure) {
    let token = await this.#tokenIn(tenure, refused);
    if (this.#isAnothers()) {
      // Of who was signed in before, on this page; another tab has signed in somebody else.
      this.#session.forget();
      token = await this.#tokenIn(tenure);
    }
    if (!this.#isAnothers()) return token;
    // The cookie may be somebody else's, who signed in on another page: nothing of this phone is theirs.
    this.#session.forget();
    throw new Problem({ status: 401, code: 'unauthenticated' });
  }

  /** @param {Tenure} tenure @param {string} [refused] */
  async #tokenIn(tenure, refused) {
    tenure.check();
    if (!this.account) throw new Problem({ status: 0, code: 'signed_out' });
    const token = await this.#session.token(refused);
    tenure.check();
    return token;
  }

  #isAnothers() {
    const [account, user] = [this.account, this.#session.user];
    return account !== null && user !== null && user.id !== account.user_id;
  }

  /**
   * Whether a problem says that the session is over. Then everything stays here until the next sign-in.
   * @param {Problem} problem
   * @param {Tenure} tenure of whom the session was
   */
  async hasEnded({ status, code }, tenure) {
    if (status !== 401 || code !== 'unauthenticated' || this.standing !== 'signed_in') return false;
    // Not that of who has signed in meanwhile.
    return this.#keep.remember({ hasEnded: true }, tenure).then(() => true, () => false);
  }

  /** The person may have another name or address by now, or a diary. @param {string | null} diary_id */
  async update(diary_id) {
    const former = this.account;
    if (!former) return;
    const { user } = this.#session;
    const { email, display_name } = user?.id === former.user_id ? user : former;
    const account = { ...former, email, display_name, diary_id };
    if (JSON.stringify(account) !== JSON.stringify(former)) await this.#keep.remember({ account });
  }
}
