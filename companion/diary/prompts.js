// What to ask a person now, so that a diary stays complete with the least asking: as the service asks, and to finish
// what was begun at night.

import { addDays, daysBetween } from '../ground/clock.js';
import { summaryOf } from './derive.js';

/** @import { Episode, LocalDate, Prompt, Soreness } from '../types.js' */

/** Every cramp is followed up on these many days. */
const ALWAYS_UNTIL_DAY = 3;
/** After them, as long as the leg is sore, up to this day. */
const WHILE_SORE_UNTIL_DAY = 14;
const AT_MOST = 3;

/**
 * How sore the leg is on a date after a cramp, unless it is answered or needs no asking.
 * @param {Episode} episode
 * @param {Soreness[]} entries by date
 * @param {LocalDate} on
 * @returns {Prompt | null}
 */
export function sorenessPrompt(episode, entries, on) {
  const day = daysBetween(episode.local_date, on);
  if (day < 1 || day > WHILE_SORE_UNTIL_DAY) return null;
  const known = entries.filter(({ date }) => date <= on);
  if (known.at(-1)?.date === on) return null;
  const { last_level } = summaryOf(known);
  const isDue = day <= ALWAYS_UNTIL_DAY ? last_level !== 0 : last_level !== null && last_level > 0;
  return isDue ? { kind: 'soreness', key: `soreness/${episode.id}/${on}`, date: on, episode, day, last_level } : null;
}

/**
 * What is missing of a cramp of which nothing but its moment is told.
 * @param {Episode} episode
 * @returns {Prompt | null}
 */
function finishPrompt(episode) {
  const { intensity, sites, interrupted_sleep, note, duration_seconds } = episode;
  if (intensity !== null || sites.length || interrupted_sleep !== null || note !== null) return null;
  /** @type {Prompt['missing']} */
  const missing = ['intensity', 'sites', 'interrupted_sleep'];
  if (duration_seconds === null) missing.push('duration_seconds');
  return { kind: 'finish', key: `finish/${episode.id}`, date: episode.local_date, episode, missing };
}

/**
 * Everything that could be asked on a date, the most useful first.
 * @param {object} diary
 * @param {Episode[]} diary.episodes newest first
 * @param {(id: string) => Soreness[]} diary.soreness
 * @param {(date: LocalDate) => boolean} diary.isCovered
 * @param {LocalDate} on
 * @param {{ openId?: string | null, now: Date }} about
 * @returns {Prompt[]}
 */
export function allPrompts({ episodes, soreness, isCovered }, on, { openId, now }) {
  const twoDaysAgo = now.getTime() - 2 * 86_400_000;
  /** @param {Episode} episode */
  const isOfLate = ({ started_at }) => Date.parse(started_at) >= twoDaysAgo && Date.parse(started_at) <= now.getTime();
  const finish = episodes.filter((episode) => episode.id !== openId && isOfLate(episode)).map(finishPrompt);
  const yesterday = addDays(on, -1);
  /** @type {Prompt[]} */
  const checkIn = isCovered(yesterday) ? [] : [{ kind: 'check_in', key: `check_in/${yesterday}`, date: yesterday }];
  const earliest = addDays(on, -WHILE_SORE_UNTIL_DAY);
  const recent = episodes.filter(({ local_date }) => earliest <= local_date && local_date < on);
  const sore = recent.map((episode) => sorenessPrompt(episode, soreness(episode.id), on));
  return [...finish, ...checkIn, ...sore].filter((prompt) => prompt !== null);
}

/** @param {Prompt[]} prompts @param {(key: string) => boolean} isDismissed */
export const toAsk = (prompts, isDismissed) => prompts.filter(({ key }) => !isDismissed(key)).slice(0, AT_MOST);
