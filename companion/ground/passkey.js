// Passkeys, as the browser has them.

import { Problem } from './problem.js';

/** Whether this browser can be asked for one. */
export const canAsk = () => Boolean(globalThis.PublicKeyCredential?.parseRequestOptionsFromJSON);

/**
 * Has one sign what the service asks for; the answer is what the service takes.
 * @param {() => Promise<{ public_key: PublicKeyCredentialRequestOptionsJSON }>} ask
 */
export async function signed(ask) {
  const { public_key } = await ask();
  const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(public_key);
  try {
    const credential = await navigator.credentials.get({ publicKey });
    return /** @type {PublicKeyCredential} */ (credential).toJSON();
  } catch (error) {
    // Somebody thought better of it, or there is none: browsers do not tell which.
    throw new Problem({ status: 0, code: 'no_passkey' }, { cause: error });
  }
}
