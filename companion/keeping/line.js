// The line to the service, as seen by what comes and goes on it.

/** Seconds by which the phone's clock may be off before anybody is told. */
const CLOCK_MAY_BE_OFF = 120;

export class Line {
  /** Whether the last request reached the service. */
  isOnline = globalThis.navigator?.onLine ?? true;
  /** Seconds that the phone's clock is ahead of the service's, when it is much; else null. @type {number | null} */
  clockOff = null;
  #changed;

  /** @param {typeof globalThis.fetch} fetch @param {() => void} changed */
  constructor(fetch, changed) {
    this.#changed = changed;
    /** @type {typeof globalThis.fetch} */
    this.fetch = async (resource, options) => {
      const began = Date.now();
      try {
        // That there is a network is no more than a guess of the browser, but that there is none, it knows.
        if (globalThis.navigator?.onLine === false) throw new TypeError('there is no network');
        const response = await fetch(resource, options);
        this.setOnline(true);
        this.#compareClocks(response.headers.get('date'), began);
        return response;
      } catch (error) {
        if (error instanceof TypeError || /** @type {Error} */ (error).name === 'TimeoutError') this.setOnline(false);
        throw error;
      }
    };
  }

  /** @param {boolean} isOnline */
  setOnline(isOnline) {
    const isNew = this.isOnline !== isOnline;
    this.isOnline = isOnline;
    if (isNew) this.#changed();
  }

  /** @param {string | null} date as the service has it, to the second @param {number} began */
  #compareClocks(date, began) {
    if (!date) return;
    const off = Math.round(((began + Date.now()) / 2 - Date.parse(date) - 500) / 1000);
    const clockOff = Math.abs(off) > CLOCK_MAY_BE_OFF ? off : null;
    const isNew = clockOff !== this.clockOff;
    this.clockOff = clockOff;
    if (isNew) this.#changed();
  }
}
