// Ids of the phone's own making: UUIDv7, in the order in which they were made.

let [last, count] = [0, 0];

/** @returns {string} */
export function newId() {
  const now = Date.now();
  // A clock that is set back must not turn the order round.
  if (now > last) [last, count] = [now, 0];
  else if ((count += 1) > 0xfff) [last, count] = [last + 1, 0];
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  for (let place = 0; place < 6; place += 1) bytes[place] = Math.floor(last / 2 ** (8 * (5 - place))) % 256;
  bytes[6] = 0x70 | (count >> 8);
  bytes[7] = count & 0xff;
  bytes[8] = 0x80 | (bytes[8] & 0x3f);
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}
