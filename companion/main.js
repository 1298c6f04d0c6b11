// Where the app begins.

import { openPhone } from './keeping/phone.js';
import { App } from './screens/app.js';
import { hear, wear } from './screens/look.js';
import { say } from './words/index.js';

wear();
const hearing = hear();

const root = /** @type {HTMLElement} */ (document.getElementById('app'));

/** Works without a network from the next start on, and tells when there is something newer. @param {App} app */
async function keepTheApp(app) {
  const registration = await navigator.serviceWorker.register('/app/worker.js', { scope: '/app' });
  /** A first worker replaces none. */
  const offer = () => {
    const { waiting } = registration;
    if (!waiting || !navigator.serviceWorker.controller) return;
    app.takeUpdate = () => {
      waiting.postMessage({ kind: 'skip-waiting' });
      app.tell(say('one-moment'));
    };
    app.update();
  };
  const hadOne = Boolean(navigator.serviceWorker.controller);
  navigator.serviceWorker.addEventListener('controllerchange', async () => {
    if (!hadOne) return;
    await app.finishTyping();
    location.reload();
  });
  const watch = () => registration.installing?.addEventListener('statechange', offer);
  registration.addEventListener('updatefound', watch);
  // One may have been found before anybody listened, and be on its way or there.
  watch();
  offer();
  document.addEventListener('visibilitychange', () => {
    if (!document.hidden) registration.update().catch(() => {});
  });
}

/** @param {App} app */
function offerInstall(app) {
  addEventListener('beforeinstallprompt', (event) => {
    event.preventDefault();
    app.install = async () => {
      await /** @type {any} */ (event).prompt();
      app.install = null;
      app.update();
    };
    app.update();
  });
}

try {
  const [phone] = await Promise.all([openPhone(), hearing]);
  const app = new App(phone, root);
  offerInstall(app);
  await app.start();
  if ('serviceWorker' in navigator) keepTheApp(app).catch(() => {});
} catch (error) {
  console.warn(error);
  root.textContent = say('cannot-open');
}
