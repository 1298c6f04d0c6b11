// The app as it runs: where one is, what the screen remembers, what was just said, and drawing all of it.

import { render } from '../vendor/lit-html/lit-html.js';
import { say } from '../words/index.js';
import { wear } from './look.js';
import { frame } from './parts/frame.js';
import { arrive, find } from './routes.js';
import * as missing from './missing.js';

/** @typedef {import('../keeping/phone.js').Phone} Phone */
/** @typedef {import('./routes.js').Route} Route */
/** What one screen remembers while one looks at it. @typedef {Record<string, any>} State */
/** @typedef {{ text: string, undo: (() => unknown) | null }} Notice */
/** A question that stands in the way until it is answered.
 * @typedef {{ kind: 'confirm', title: string, text: string, yes: string, answer: (yes: boolean) => void }
 *   | { kind: 'prove', needsCode: boolean, error: string, isBusy: boolean, answer: (yes: boolean) => void }} Question */

/** Milliseconds for which what was done can be undone. */
const UNDO = 60_000;
const NOTICE = 4_000;
const MINUTE = 60_000;
/** Milliseconds in which a change is on the disk, with time to spare. */
const SAVING = 300;

export class App extends EventTarget {
  /** @type {State} */
  state = {};
  /** @type {Route} */
  route = { screen: missing, params: [] };
  /** What the address asks for. @type {import('./routes.js').Found} */
  #found;
  /** @type {Notice | null} */
  notice = null;
  /** @type {Question | null} */
  question = null;
  /** A new version waits to be taken. @type {(() => void) | null} */
  takeUpdate = null;
  /** The browser offers to install the app. @type {(() => unknown) | null} */
  install = null;
  /** A cramp that was tapped before anybody was signed in. @type {Date | null} */
  tapped = null;
  #root;
  #isDue = false;
  #hasBegun = false;
  #noticeEnds = 0;
  #ticking = 0;

  /** @param {Phone} phone @param {HTMLElement} root */
  constructor(phone, root) {
    super();
    this.phone = phone;
    this.#root = root;
    this.#found = find(location.hash, this);
  }

  /** The diary that is open; screens that need one are only shown where there is one. */
  get diary() {
    return /** @type {import('../keeping/phone.js').Diary} */ (this.phone.diary);
  }

  get now() {
    return new Date();
  }

  async start() {
    const route = await arrive(this.#found);
    this.#root.replaceChildren();
    this.#hasBegun = true;
    this.phone.addEventListener('change', () => this.#changed());
    addEventListener('hashchange', () => this.#move());
    addEventListener('online', () => this.update());
    addEventListener('offline', () => this.update());
    document.addEventListener('visibilitychange', () => (document.hidden ? this.finishTyping() : this.update()));
    matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => wear());
    setInterval(() => this.#minute(), MINUTE);
    this.#enter(route);
  }

  /** What is being typed is kept, though nobody has left the field: the app may be closed any moment. */
  async finishTyping() {
    document.activeElement?.dispatchEvent(new Event('change'));
    await new Promise((done) => setTimeout(done, SAVING));
  }

  #minute() {
    wear();
    if (!document.hidden) this.update();
  }

  /** Signing in and out changes which screens there are. */
  #changed() {
    if (find(location.hash, this).wanted === this.#found.wanted) this.update();
    else void this.#move();
  }

  /** @param {string} path as `/diary` @param {{ replace?: boolean }} [how] */
  go(path, { replace = false } = {}) {
    if (location.hash !== `#${path}` && !replace) {
      location.hash = path;
      return;
    }
    history.replaceState(null, '', `#${path}`);
    void this.#move();
  }

  /** Back to where one came from, or to `otherwise` in a window that was opened here. @param {string} otherwise */
  back(otherwise) {
    if (this.#moves > 0) history.back();
    else this.go(otherwise, { replace: true });
  }

  #moves = 0;

  async #move() {
    this.#moves += 1;
    const found = find(location.hash, this);
    this.#found = found;
    try {
      const route = await arrive(found);
      // Somebody may have gone on meanwhile.
      if (found === this.#found) this.#show(route);
    } catch {
      this.tell(say('problem-offline'));
    }
  }

  /** @param {Route} route */
  #show(route) {
    this.#enter(route);
    // Whoever hears the screen, or goes by keyboard, begins at its heading.
    scrollTo(0, 0);
    this.#root.querySelector('h1')?.focus({ preventScroll: true });
  }

  /** @param {Route} route */
  #enter(route) {
    this.route = route;
    this.state = {};
    clearInterval(this.#ticking);
    const { screen } = route;
    if (screen.ticks) this.#ticking = window.setInterval(() => this.draw(), screen.ticks);
    void screen.enter?.(this);
    this.draw();
  }

  /** Draws soon; as often as one likes. */
  update() {
    if (this.#isDue || !this.#hasBegun) return;
    this.#isDue = true;
    queueMicrotask(() => this.draw());
  }

  /** Changes what the screen remembers. @param {State} state */
  set(state) {
    Object.assign(this.state, state);
    this.update();
  }

  draw() {
    this.#isDue = false;
    const title = this.route.screen.title(this);
    document.title = title === say('app-name') ? title : `${title} · ${say('app-name')}`;
    render(frame(this, title), this.#root);
    const dialog = this.#root.querySelector('dialog');
    if (dialog && !dialog.open) dialog.showModal();
  }

  /** Says something in passing. @param {string} text @param {() => unknown} [undo] offered for a minute */
  tell(text, undo) {
    this.notice = { text, undo: undo ?? null };
    clearTimeout(this.#noticeEnds);
    this.#noticeEnds = window.setTimeout(() => this.hush(), undo ? UNDO : NOTICE);
    this.update();
  }

  hush() {
    clearTimeout(this.#noticeEnds);
    this.notice = null;
    this.update();
  }

  async undo() {
    const undo = this.notice?.undo;
    this.hush();
    if (!undo) return;
    await undo();
    this.tell(say('undone'));
  }

  /**
   * Asks before something that can't be taken back.
   * @param {{ title: string, text: string, yes: string }} question
   * @returns {Promise<boolean>}
   */
  confirm(question) {
    return new Promise((answer) => this.#ask({ kind: 'confirm', ...question, answer }));
  }

  /**
   * Does what wants a fresh proof of the person, asking for the password where it does. Answers `null` when they would
   * rather not.
   * @template T @param {() => Promise<T>} act @returns {Promise<T | null>} */
  async withProof(act) {
    try {
      return await act();
    } catch (problem) {
      if (/** @type {any} */ (problem).code !== 'step_up_required') throw problem;
    }
    /** @type {boolean} */
    const isProved = await new Promise((answer) =>
      this.#ask({ kind: 'prove', needsCode: false, error: '', isBusy: false, answer }),
    );
    return isProved ? act() : null;
  }

  /** @param {Question} question */
  #ask(question) {
    const { answer } = question;
    this.question = {
      ...question,
      answer: (yes) => {
        this.question = null;
        this.update();
        answer(yes);
      },
    };
    this.update();
  }
}
