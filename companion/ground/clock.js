// The wall clock where a person is: dates and minutes in any IANA zone. All of it is worked out from instants, so that
// the hour which a clock change skips or repeats needs no rule; only what a person types goes the other way, in
// `instantsAt`.

/** @import { DayParts, Instant, LocalDate, LocalTime, Period } from '../types.js' */

const MINUTE = 60_000;
const DAY = 86_400_000;

/** @type {Map<string, Intl.DateTimeFormat>} */
const formats = new Map();

/** @param {string} zone @returns {Intl.DateTimeFormat} */
function formatOf(zone) {
  let format = formats.get(zone);
  if (!format) {
    format = new Intl.DateTimeFormat('en-US', {
      timeZone: zone, calendar: 'gregory', numberingSystem: 'latn', hourCycle: 'h23',
      year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit',
    });
    formats.set(zone, format);
  }
  return format;
}

/** The zone of this phone. @returns {string} */
export function zoneHere() {
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  return zone && zone !== 'Etc/Unknown' ? zone : 'UTC';
}

/** Whether this phone knows a zone. @param {string} zone */
export function isZone(zone) {
  try {
    return Boolean(formatOf(zone));
  } catch {
    return false;
  }
}

/** @param {number} number */
const two = (number) => String(number).padStart(2, '0');

/**
 * What the wall clock in a zone says; seconds are dropped.
 * @param {Date | Instant | number} instant
 * @param {string} zone
 * @returns {{ date: LocalDate, time: LocalTime, offset: number }} the offset in minutes
 */
export function wallClock(instant, zone) {
  const at = new Date(instant);
  /** @type {Record<string, string>} */
  const parts = {};
  for (const { type, value } of formatOf(zone).formatToParts(at)) parts[type] = value;
  const { year, month, day, hour, minute } = parts;
  const local = Date.UTC(Number(year), Number(month) - 1, Number(day), Number(hour), Number(minute));
  const offset = (local - Math.floor(at.getTime() / MINUTE) * MINUTE) / MINUTE;
  return { date: `${year.padStart(4, '0')}-${month}-${day}`, time: `${hour}:${minute}`, offset };
}

/**
 * An instant as the service writes it: on the wall clock of a zone, with the offset at that instant, and a fraction of
 * a second only when there is one.
 * @param {Date | Instant | number} instant
 * @param {string} zone
 * @returns {Instant}
 */
export function write(instant, zone) {
  const { offset } = wallClock(instant, zone);
  const shifted = new Date(new Date(instant).getTime() + offset * MINUTE);
  const local = shifted.toISOString().replace('.000Z', 'Z').slice(0, -1);
  const size = Math.abs(offset);
  return `${local}${offset < 0 ? '-' : '+'}${two(Math.floor(size / 60))}:${two(size % 60)}`;
}

/**
 * The instants at which a clock in a zone says this: none in the hour that is skipped, two in one that is repeated.
 * @param {LocalDate} date
 * @param {LocalTime} time
 * @param {string} zone
 * @returns {Date[]} the earlier first
 */
export function instantsAt(date, time, zone) {
  const asUtc = Date.parse(`${date}T${time}:00Z`);
  const offsets = new Set([-DAY, 0, DAY].map((away) => wallClock(asUtc + away, zone).offset));
  return [...offsets].map((offset) => new Date(asUtc - offset * MINUTE)).filter((instant) => {
    const there = wallClock(instant, zone);
    return there.date === date && there.time === time;
  }).sort((one, other) => one.getTime() - other.getTime());
}

/**
 * The instant that a person means who says this: of a repeated hour the first, of a skipped one as long after the
 * change as the clock should have gone on.
 * @param {LocalDate} date
 * @param {LocalTime} time
 * @param {string} zone
 * @returns {Date}
 */
export function instantAt(date, time, zone) {
  const [first] = instantsAt(date, time, zone);
  if (first) return first;
  const asUtc = Date.parse(`${date}T${time}:00Z`);
  return new Date(asUtc - wallClock(asUtc - DAY, zone).offset * MINUTE);
}

// Dates ---------------------------------------------------------------------------------------------------------------

/** @param {LocalDate} date @param {number} days @returns {LocalDate} */
export const addDays = (date, days) => new Date(Date.parse(date) + days * DAY).toISOString().slice(0, 10);

/** How many days later the second is. @param {LocalDate} from @param {LocalDate} to */
export const daysBetween = (from, to) => Math.round((Date.parse(to) - Date.parse(from)) / DAY);

// The day's parts -----------------------------------------------------------------------------------------------------

/** Night 22:00–06:00, evening from 18:00. @type {DayParts} */
export const DEFAULT_PARTS = { night_start: '22:00', night_end: '06:00', evening_start: '18:00' };

/** Minutes after midnight. @param {LocalTime} time */
export const minuteOf = (time) => Number(time.slice(0, 2)) * 60 + Number(time.slice(3, 5));

/** Half-open: `from` is in, `to` is out. @param {LocalTime} time @param {LocalTime} from @param {LocalTime} to */
const lies = (time, from, to) => (from <= to ? from <= time && time < to : from <= time || time < to);

/** @param {LocalTime} time @param {DayParts} parts @returns {Period} */
export function periodOf(time, { night_start, night_end, evening_start }) {
  if (lies(time, night_start, night_end)) return 'night';
  return lies(time, evening_start, night_start) ? 'evening' : 'day';
}

/**
 * The date on which the night around a time began; null outside the night.
 * @param {LocalDate} date
 * @param {LocalTime} time
 * @param {DayParts} parts
 */
export function nightOf(date, time, parts) {
  if (periodOf(time, parts) !== 'night') return null;
  return time < parts.night_start ? addDays(date, -1) : date;
}

/** Whether the night lies on two dates. @param {DayParts} parts */
export const nightWraps = ({ night_start, night_end }) => night_start > night_end && night_end !== '00:00';

/** How many minutes the night has. @param {DayParts} parts */
export const nightMinutes = ({ night_start, night_end }) => (minuteOf(night_end) + 1440 - minuteOf(night_start)) % 1440;
