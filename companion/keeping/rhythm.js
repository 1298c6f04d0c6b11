// When to sync: when told to, when the network or the person comes back, when the service says that there is news, and
// again after a while when it did not go well.

import * as plain from './plain.js';
import { problemOf } from './sync.js';

/** @import { Problem } from '../ground/problem.js' */

/** Seconds after which something that could not be sent is tried again; each time twice as many, up to the last. */
const [FIRST_RETRY, LAST_RETRY] = [10, 600];

/**
 * @typedef {object} Work
 * @property {() => boolean} isDue whether anybody is signed in
 * @property {() => Promise<void>} once syncs, and fails with what went wrong
 * @property {(problem: Problem) => Promise<void>} failed
 * @property {() => void} returned the network is back
 * @property {() => plain.Address | null} watched the diary to listen to
 * @property {(isOnline: boolean) => void} setOnline
 * @property {boolean} isLive whether to do anything untold
 */

export class Rhythm {
  #work;
  /** @type {Promise<void> | null} */
  #now = null;
  #again = false;
  #retryAfter = FIRST_RETRY;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #retry;
  /** @type {AbortController | null} */
  #watching = null;
  #closed = new AbortController();

  /** @param {Work} work */
  constructor(work) {
    this.#work = work;
  }

  /** Now, or once more after the one that runs. */
  async sync() {
    if (!this.#work.isDue()) return;
    this.#again = true;
    this.#now ??= this.#run().finally(() => (this.#now = null));
    await this.#now;
  }

  async #run() {
    clearTimeout(this.#retry);
    while (this.#again && !this.#closed.signal.aborted && this.#work.isDue()) {
      this.#again = false;
      try {
        await this.#work.once();
        this.#retryAfter = FIRST_RETRY;
      } catch (error) {
        await this.#failed(problemOf(error));
      }
    }
  }

  /** @param {Problem} problem */
  async #failed(problem) {
    await this.#work.failed(problem);
    if (!this.#work.isLive || !this.#work.isDue()) return;
    this.#retry = setTimeout(() => void this.sync(), Math.max(this.#retryAfter, problem.retryAfter) * 1000);
    this.#retryAfter = Math.min(LAST_RETRY, this.#retryAfter * 2);
  }

  begin() {
    if (!this.#work.isLive) return;
    const options = { signal: this.#closed.signal };
    globalThis.addEventListener?.('online', () => {
      this.#work.returned();
      void this.sync();
    }, options);
    globalThis.addEventListener?.('offline', () => this.#work.setOnline(false), options);
    globalThis.document?.addEventListener('visibilitychange', () => {
      if (document.visibilityState === 'visible') void this.sync();
      this.watch();
    }, options);
    void this.sync();
    this.watch();
  }

  /** Listens to the diary that is shown, as long as somebody looks. */
  watch() {
    this.rest();
    const isSeen = (globalThis.document?.visibilityState ?? 'visible') === 'visible';
    const address = this.#work.watched();
    if (!this.#work.isLive || !isSeen || !address || !this.#work.isDue()) return;
    this.#watching = new AbortController();
    const signal = AbortSignal.any([this.#watching.signal, this.#closed.signal]);
    const trouble = (/** @type {unknown} */ error) => {
      if (problemOf(error).isOffline) this.#work.setOnline(false);
    };
    plain.watch(address, () => this.sync(), { signal, trouble }).catch(async (error) => {
      if (signal.aborted) return;
      await this.#work.failed(problemOf(error));
      // It may be that another diary is to be shown.
      await this.sync();
    }).catch(() => {});
  }

  /** Listens no more. */
  rest() {
    this.#watching?.abort();
    this.#watching = null;
  }

  close() {
    this.#closed.abort();
    clearTimeout(this.#retry);
  }
}
