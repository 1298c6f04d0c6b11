// What is the same in signing in and opening an account.

import { say } from '../../words/index.js';
import { logged } from '../cramp-now.js';
import { faults, inWords } from './problem.js';

/** @typedef {import('../app.js').App} App */

/** A cramp that was tapped before there was an account is kept now. @param {App} app */
export async function entered(app) {
  const { tapped, phone } = app;
  app.tapped = null;
  void phone.requestPersistence();
  if (tapped && phone.diary?.canWrite) {
    const id = await logged(app, { started_at: tapped.toISOString() });
    app.go(id ? `/cramp/${id}/bed` : '/', { replace: true });
    return;
  }
  app.go('/', { replace: true });
}

/** Tries it; what is wrong goes to its field. Who left unsent entries here is asked about before they go.
 * @param {App} app @param {(discard: boolean) => Promise<unknown>} act @param {boolean} [discard] */
export async function tryIt(app, act, discard = false) {
  app.set({ isBusy: true, errors: {}, problem: '' });
  try {
    await act(discard);
    await entered(app);
  } catch (thrown) {
    const problem = /** @type {import('../../ground/problem.js').Problem} */ (thrown);
    app.set({ isBusy: false });
    if (problem.code === 'held_for_another' && problem.held) {
      const { email, waiting } = problem.held;
      const yes = await app.confirm({
        title: say('held-title'),
        text: say('held-text', { email, count: waiting }),
        yes: say('held-discard'),
      });
      if (yes) await tryIt(app, act, true);
      return;
    }
    const needsCode = problem.code === 'second_factor_required';
    const errors = faults(problem);
    if (problem.wantsPasskey) errors.code = say('passkey-wanted');
    if (problem.code === 'invalid_second_factor') errors.code = inWords(problem);
    if (problem.code === 'email_taken') errors.email = inWords(problem);
    app.set({
      needsCode: app.state.needsCode || needsCode,
      errors,
      problem: needsCode || Object.keys(errors).length > 0 ? '' : inWords(problem),
    });
    queueMicrotask(() => document.getElementById(needsCode ? 'code' : (Object.keys(errors)[0] ?? ''))?.focus());
  }
}
