// What went wrong, for whoever puts it into words. They go by `code`.

/** @import { Fault, ProblemBody } from '../types.js' */

export class Problem extends Error {
  /** 0 when the service did not answer. */
  status;
  /**
   * The service's codes, or `offline`, `storage_full`, `storage_failed`, `storage_newer`, `signed_out`,
   * `held_for_another`, `no_passkey`.
   */
  code;
  detail;
  /** @type {Fault[]} */
  errors;
  /** Of `second_factor_required`: what the account has beside its password. @type {string[]} */
  secondFactors;
  /** Seconds to wait before the next try. */
  retryAfter = 0;
  /**
   * Of `held_for_another`: whose unsent changes are on this phone, and how many.
   * @type {{ email: string, waiting: number } | undefined}
   */
  held;

  /** @param {ProblemBody} body @param {{ retryAfter?: number, cause?: unknown }} [more] */
  constructor({ status, code, detail, title, errors, second_factors }, { retryAfter = 0, cause } = {}) {
    super(detail ?? title ?? code, { cause });
    this.name = 'Problem';
    this.status = status;
    this.code = code;
    this.detail = detail ?? title ?? '';
    this.errors = errors ?? [];
    this.secondFactors = second_factors ?? [];
    this.retryAfter = retryAfter;
  }

  /** Whether a passkey is asked for, and no code of an app would do. */
  get wantsPasskey() {
    return this.secondFactors.includes('passkey') && !this.secondFactors.includes('app');
  }

  get isOffline() {
    return this.code === 'offline';
  }

  /** @param {unknown} [cause] */
  static offline(cause) {
    return new Problem({ status: 0, code: 'offline' }, { cause });
  }

  /** @param {Response} response @returns {Promise<Problem>} */
  static async of(response) {
    const retryAfter = Number(response.headers.get('retry-after')) || 0;
    const text = await response.text().catch(() => '');
    try {
      const body = JSON.parse(text);
      if (typeof body.code === 'string') return new Problem({ ...body, status: response.status }, { retryAfter });
    } catch {
      // A proxy has said it.
    }
    // In front of a service that is down, a proxy answers: nobody is there.
    if (response.status >= 502 && response.status <= 504) return Problem.offline();
    return new Problem({ status: response.status, code: 'unknown', detail: text.slice(0, 200) }, { retryAfter });
  }
}
