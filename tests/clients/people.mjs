// Those who keep a diary, and what the server says of it.

import assert from 'node:assert/strict';

const PASSWORD = 'seven quiet herons at dusk';

/** Somebody with an account, and the diary that they write in. */
export class Person {
  constructor(service, token, diary = 'me') {
    Object.assign(this, { service, token, diary });
  }

  /** The address of the diary. */
  get url() {
    return `${this.service.origin}/v1/diaries/${this.diary}`;
  }

  /** Asks the API for something that it must do; answers with the body. */
  async api(method, url, body) {
    const response = await fetch(url, {
      method,
      headers: { authorization: `Bearer ${this.token}`, ...(body && { 'content-type': 'application/json' }) },
      body: body && JSON.stringify(body),
    });
    const text = await response.text();
    assert.ok(response.ok, `${method} ${url} answered ${response.status}: ${text}`);
    return text && JSON.parse(text);
  }

  /** The cramps that the server has, in the order of their ids. */
  async episodes() {
    const all = [];
    for (let cursor = ''; cursor !== null;) {
      const { items, next_cursor } = await this.api('GET', `${this.url}/episodes?limit=200${cursor && `&cursor=${cursor}`}`);
      all.push(...items);
      cursor = next_cursor;
    }
    return all.sort((one, other) => (one.id < other.id ? -1 : 1));
  }

  /** All rows that the server has, as a client of the plain protocol reads them: `rows[table][id]`. */
  async rows() {
    const rows = { settings: {}, episodes: {}, treatments: {}, check_ins: {}, soreness: {} };
    let since = '0';
    for (let more = true; more;) {
      const page = await this.api('GET', `${this.url}/changes?since=${since}&limit=3`);
      for (const { table, id, row } of page.changes) if (row) rows[table][id] = row;
      ({ cursor: since, has_more: more } = page);
    }
    return rows;
  }

  /** Somebody else who writes in this diary from now on. */
  async carer() {
    const carer = await register(this.service);
    const { code } = await this.api('POST', `${this.url}/invitations`, { role: 'contributor' });
    const grant = await carer.api('POST', `${this.service.origin}/v1/invitations/redeem`, { code });
    return new Person(this.service, carer.token, grant.diary_id);
  }
}

let people = 0;

/** Somebody new. The address is another one each time, as a database may be used again. */
export async function register(service) {
  people += 1;
  const account = {
    email: `person-${people}-${Date.now()}@example.org`, password: PASSWORD, time_zone: 'Europe/Berlin',
    display_name: `Person ${people}`,
  };
  const { tokens } = await new Person(service).api('POST', `${service.origin}/v1/auth/register`, account);
  return new Person(service, tokens.access_token);
}
