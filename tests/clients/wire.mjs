// What may happen on the way from a client to the server.

import { setTimeout as sleep } from 'node:timers/promises';

export const isPush = (url, { method } = {}) => method === 'POST' && url.includes('/sync/');

/** Has `happen` done in place of the next push of anybody during a test; it gets a function that sends, and the request. */
export function atNextPush(test, happen) {
  const { fetch } = globalThis;
  let due = true;
  test.mock.method(globalThis, 'fetch', (url, options) => {
    if (!due || !isPush(url, options)) return fetch(url, options);
    due = false;
    return happen(() => fetch(url, options), url, options, fetch);
  });
}

/** The answer, if there is one, once the server is dead. */
async function answered(answer, death) {
  const [settled] = await Promise.allSettled([answer, death]);
  if (settled.status === 'rejected') throw settled.reason;
  return settled.value;
}

/** The ways in which the server may be killed during a push, by what then is the truth. */
export const KILLS = {
  'when half of it has arrived': (service) => (send, url, options, fetch) => {
    const bytes = new TextEncoder().encode(options.body);
    const body = new ReadableStream({
      start: (half) => half.enqueue(bytes.slice(0, bytes.length / 2)),
      async pull(half) {
        await sleep(50);
        await service.kill();
        half.error(new Error('the server is gone'));
      },
    });
    return fetch(url, { ...options, body, duplex: 'half' });
  },
  'before anything is answered': (service) => (send) => answered(send(), service.kill()),
  'when it works on it': (service) => (send) => answered(send(), sleep(3).then(() => service.kill())),
  'when all is done, and before the answer arrives': (service) => async (send) => {
    await (await send()).arrayBuffer();
    await service.kill();
    throw new TypeError('the answer is lost');
  },
};
