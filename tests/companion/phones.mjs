// Phones in one process, each with a database, a cookie jar and a network of its own, which can be taken away.

import 'fake-indexeddb/auto';

import { openPhone } from '../../companion/keeping/phone.js';

// The phones are where their people's diaries are: elsewhere, the date may be another one than at the service for hours.
process.env.TZ = 'Europe/Berlin';

const PASSWORD = 'seven quiet herons at dusk';
let count = 0;

/** What a phone's requests go through. */
export class Wire {
  isDown = false;
  /** What is done in place of the next push. */
  atPush = null;
  requests = [];
  #cookies = new Map();

  fetch = async (url, options = {}) => {
    const method = options.method ?? 'GET';
    const path = new URL(url).pathname;
    if (this.isDown) throw new TypeError('fetch failed');
    this.requests.push(`${method} ${path}`);
    const headers = { ...options.headers };
    if (path.startsWith('/app/') && this.#cookies.size) {
      headers.cookie = [...this.#cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    }
    const send = async () => {
      const response = await fetch(url, { ...options, headers });
      for (const cookie of response.headers.getSetCookie()) {
        const [, name, value] = /^([^=]+)=([^;]*)/.exec(cookie);
        if (value && !/max-age=0/i.test(cookie)) this.#cookies.set(name, value);
        else this.#cookies.delete(name);
      }
      return response;
    };
    const happen = method === 'POST' && path.endsWith('/changes') ? this.atPush : null;
    if (!happen) return send();
    this.atPush = null;
    return happen(send);
  };

  get hasCookie() {
    return this.#cookies.has('cramp-diary');
  }

  /** As when somebody else signs in on the pages of the service. */
  takeCookies(other) {
    this.#cookies = new Map(other.#cookies);
  }

  forgetCookies() {
    this.#cookies.clear();
  }
}

/** An account that is not used yet. */
export function account() {
  count += 1;
  return {
    email: `phone-${count}-${Date.now()}@example.org`,
    password: PASSWORD,
    display_name: `Person ${count}`,
    time_zone: 'Europe/Berlin',
  };
}

/** A phone, or another tab on one, when `like` is given. */
export async function phoneOn(service, { like, ...options } = {}) {
  count += 1;
  const wire = like?.wire ?? new Wire();
  const name = like?.name ?? `phone-${count}`;
  const phone = await openPhone({ name, origin: service.origin, fetch: wire.fetch, isLive: false, ...options });
  return Object.assign(phone, { wire, name });
}

/** Somebody with a phone and an account. */
export async function personOn(service, options) {
  const who = account();
  const phone = await phoneOn(service, options);
  await phone.register(who);
  return { phone, who };
}

/** Until something holds. */
export async function until(holds, what) {
  for (let tries = 0; tries < 500; tries += 1) {
    if (await holds()) return;
    await new Promise((done) => setTimeout(done, 10));
  }
  throw new Error(`in vain: ${what ?? holds}`);
}

/** All rows that the service has, by table and id. */
export async function rowsOf(phone, diary = phone.diary.id) {
  const rows = { settings: {}, episodes: {}, treatments: {}, check_ins: {}, soreness: {} };
  let since = '0';
  for (let more = true; more;) {
    const page = await phone.call('GET', `/v1/diaries/${diary}/changes?since=${since}`);
    for (const { table, id, row } of page.changes) if (row) rows[table][id] = row;
    ({ cursor: since, has_more: more } = page);
  }
  return rows;
}

/** People and phones of a test file, that go together. */
export function crowd(service) {
  const phones = [];
  const another = async (options) => {
    const phone = await phoneOn(service, options);
    phones.push(phone);
    return phone;
  };
  return {
    another,
    async person(options) {
      const made = await personOn(service, options);
      phones.push(made.phone);
      return made;
    },
    /** The same person on a second phone. */
    async second(who) {
      const phone = await another();
      await phone.signIn(who);
      return phone;
    },
    leave() {
      for (const phone of phones) phone.close();
    },
  };
}
