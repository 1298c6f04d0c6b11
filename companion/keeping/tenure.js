// The time for which one person has this phone. What begins in it is done in it, or not at all: a late answer, a retry
// or an undo must not reach whoever comes next.

import { Problem } from '../ground/problem.js';

export class Tenure {
  #end = new AbortController();

  /** @param {string | undefined} owner undefined while nobody has it */
  constructor(owner) {
    this.owner = owner;
  }

  /** Aborted when the phone changes hands. */
  get signal() {
    return this.#end.signal;
  }

  end() {
    this.#end.abort(new Problem({ status: 0, code: 'signed_out' }));
  }

  /** Throws once it is over. */
  check() {
    this.signal.throwIfAborted();
  }

  /**
   * Fails as soon as it is over, so that nobody waits for what a former person still asks.
   * @template T
   * @param {() => Promise<T>} work
   * @returns {Promise<T>}
   */
  async within(work) {
    this.check();
    /** @type {() => void} */
    let ended = () => {};
    const over = new Promise((_, fail) => {
      ended = () => fail(this.signal.reason);
      this.signal.addEventListener('abort', ended, { once: true });
    });
    try {
      return await Promise.race([work(), /** @type {Promise<never>} */ (over)]);
    } finally {
      this.signal.removeEventListener('abort', ended);
    }
  }

  /**
   * Asks nothing any more once it is over, and breaks off what is on its way.
   * @param {typeof globalThis.fetch} fetch
   * @returns {typeof globalThis.fetch}
   */
  fetch(fetch) {
    return async (resource, options = {}) => {
      this.check();
      const signal = options.signal ? AbortSignal.any([options.signal, this.signal]) : this.signal;
      const response = await fetch(resource, { ...options, signal });
      this.check();
      return response;
    };
  }
}
