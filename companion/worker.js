// Lets the app open without a network. The server puts VERSION and FILES before this: a version is the shell and all of
// its files in one cache, so that versions never mix. Nothing of the API is kept.

/** @type {ServiceWorkerGlobalScope} */
const worker = /** @type {any} */ (self);

const SHELL = '/app';
const PREFIX = 'cramp-diary-';
const CACHE = `${PREFIX}${VERSION}`;
const REPORTS = `${PREFIX}reports`;

async function install() {
  const shell = await fetch(SHELL, { cache: 'no-store' });
  const text = shell.ok ? await shell.clone().text() : '';
  // Between worker and shell the service may have been updated. Then another worker is on its way.
  if (!text.includes(`/app/${VERSION}/`)) throw new Error('the shell is of another version');
  const cache = await caches.open(CACHE);
  await cache.addAll(FILES);
  await cache.put(SHELL, shell);
}

async function activate() {
  const old = (await caches.keys()).filter((name) => name.startsWith(PREFIX) && name !== CACHE && name !== REPORTS);
  await Promise.all(old.map((name) => caches.delete(name)));
}

/** @param {string} name @param {string} address @param {Request} request */
async function kept(name, address, request) {
  const cache = await caches.open(name);
  return (await cache.match(address, { ignoreVary: true })) ?? fetch(request);
}

worker.addEventListener('install', (event) => event.waitUntil(install()));
worker.addEventListener('activate', (event) => event.waitUntil(activate()));
worker.addEventListener('message', ({ data }) => {
  if (data?.kind === 'skip-waiting') void worker.skipWaiting();
});

worker.addEventListener('fetch', (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (request.method !== 'GET' || origin !== worker.location.origin) return;
  if (request.mode === 'navigate' && (pathname === SHELL || pathname === `${SHELL}/`)) {
    event.respondWith(kept(CACHE, SHELL, request));
    // In the background the browser asks whether there is another version; that one waits until it is told to take
    // over.
    event.waitUntil(worker.registration.update().catch(() => {}));
  } else if (pathname.startsWith('/app/report/')) {
    event.respondWith(kept(REPORTS, pathname, request));
  } else if (FILES.includes(pathname)) {
    event.respondWith(kept(CACHE, pathname, request));
  }
});
