// What people and things are called on the screen.

import { say, sayOf } from '../../words/index.js';

const COLOURS = 4;

/** The class by which a diary of somebody else has its own colour: the same one each time. @param {string} id */
export function ownColour(id) {
  const sum = [...id].reduce((total, letter) => (total * 31 + letter.charCodeAt(0)) % 9973, 7);
  return `colour-${(sum % COLOURS) + 1}`;
}

/**
 * "left calf", "both feet"; only the part where the side is not known.
 * @param {{ part: string, side?: string | null }} site
 */
export function siteName({ part, side }) {
  const name = sayOf('part', part);
  return side ? say('site', { part: name, side: sayOf('side', side) }) : name;
}

/**
 * What a diary is called in a list.
 * @param {{ display_name?: string | null, isMine?: boolean, role?: string }} diary
 */
export function diaryName(diary) {
  return diary.display_name || (diary.role === 'owner' || diary.isMine ? say('my-diary') : say('diary-unnamed'));
}
