// How it is going, in figures: those of the service's analytics, by the same methods, from what is on the phone. What
// is not worked out here, such as the cautions of a comparison, the time of day and the soreness, is in the report.

import { addDays, nightMinutes } from '../ground/clock.js';
import { DayRecord, ask, isNight } from './record.js';
import {
  atLeastUnder, clustered, dispersedRatio95, dispersionOfBlocks, exactRatio95, newcombe, poisson95, rate, ratioOf,
  rounded, share, sixDecimals, sixDigits, thinned, wilsonOf,
} from './statistics.js';

/** @import { BeforeAfter, Comparison, DateRange, Episode, Figures, NightChange, NightCounts, NightRate, NightShare,
 * Rate, RatioInterval, Reason, SideOfStart, Treatment, YesNoUnknown } from '../types.js' */
/** @import { Nights, Seen } from './record.js' */
/** @import { Clustered, Exposure } from './statistics.js' */

/** Fewer cramps, or fewer bouts, than these support no statement. */
export const FEWEST = 5;
/** Below this share of what could be known, no rate is said but the range that it lies in. */
export const FIRM = 0.7;
/** Fewer covered days on a side than these support no comparison. */
const FEWEST_DAYS = 14;
/** The night is said to bring most cramps only if chance would so rarely bring as many. */
const LEVEL = 0.025;
/** Days on each side of the start of a treatment. */
const WINDOW = 90;

/** @type {(cramp: Episode) => boolean | null} */
const anyCramp = () => true;
/** @type {(cramp: Episode) => boolean | null} */
const brokeSleep = ({ interrupted_sleep }) => interrupted_sleep;
/** @type {(cramp: Episode) => boolean | null} */
const inBed = ({ context }) => (context === null ? null : context === 'asleep' || context === 'in_bed_awake');

/** @param {number | null} number @returns {number | null} */
const decimals = (number) => (number === null ? null : sixDecimals(number));

/** @param {{ bouts: { yes: number, all: number }[], all: number }} told @returns {YesNoUnknown} */
function yesNoUnknown(told) {
  const found = clustered(told.bouts);
  const { yes = 0, all = 0 } = found ?? {};
  return {
    yes, no: all - yes, unknown: told.all - all,
    share: found && sixDecimals(found.share), effective_n: found && sixDecimals(found.effectiveN),
    ci95: found && rounded(found.ci95),
  };
}

/** @param {Nights} nights @returns {Reason | null} */
function reasonOf({ observed, covered, told }) {
  if (observed > 0) return null;
  if (covered === 0) return 'not_covered';
  return told === 0 ? 'contradicted' : 'not_recorded';
}

/** @param {Nights} nights @returns {NightRate} */
function nightRate(nights) {
  /** @param {number | null} part */
  const weekly = (part) => (part === null ? null : sixDecimals(part * 7));
  const ci95 = wilsonOf(nights.with, nights.observed);
  const least = weekly(share(nights.knownWith, nights.all));
  const most = weekly(share(nights.with + nights.told - nights.observed, nights.told));
  return {
    observed_nights: nights.observed,
    cramp_nights: nights.with,
    per_week: weekly(share(nights.with, nights.observed)),
    ci95: ci95 && { low: sixDecimals(ci95.low * 7), high: sixDecimals(ci95.high * 7) },
    at_least_per_week: least,
    at_most_per_week: most,
    reason: reasonOf(nights),
    range: least !== null && most !== null && least < FIRM * most ? { low: least, high: most } : null,
  };
}

/** @param {Clustered | null} found @param {number} clockShare @returns {NightShare['verdict']} */
function verdictOf(found, clockShare) {
  if (!found || found.all < FEWEST || found.bouts < FEWEST) return 'insufficient_data';
  const isRare = atLeastUnder(found, clockShare) <= LEVEL;
  if (found.ci95.low > clockShare && found.share >= 0.5 && isRare) return 'mostly_at_night';
  return found.ci95.high < clockShare ? 'rarely_at_night' : 'mixed';
}

/** @param {DayRecord} record @param {DateRange} period @param {Episode[][]} bouts @returns {NightShare} */
function nightShare(record, period, bouts) {
  const cramps = record.within(period).flatMap((day) => day.cramps);
  /** @param {string} part */
  const count = (part) => cramps.filter((cramp) => cramp.period === part).length;
  const clockShare = nightMinutes(record.parts) / 1440;
  const found = clustered(ask(bouts, isNight).bouts);
  return {
    episodes: cramps.length, night: count('night'), evening: count('evening'), day: count('day'),
    bout_days: found?.bouts ?? 0,
    design_effect: decimals(found?.designEffect ?? null),
    effective_n: found ? sixDecimals(found.effectiveN) : 0,
    night_share: found && sixDecimals(found.share),
    night_share_ci95: found && rounded(found.ci95),
    clock_share: sixDecimals(clockShare),
    p_value_vs_clock: found && sixDigits(atLeastUnder(found, clockShare)),
    verdict: verdictOf(found, clockShare),
  };
}

// Before and after ----------------------------------------------------------------------------------------------------

/** @param {Exposure} exposure @returns {Rate} */
function rateOf(exposure) {
  const [perDay, ci95] = [rate(exposure), poisson95(exposure)];
  return {
    episodes: exposure.events, covered_days: exposure.days, per_week: perDay === null ? null : sixDecimals(perDay * 7),
    ci95: ci95 && { low: sixDecimals(ci95.low * 7), high: sixDecimals(ci95.high * 7) },
    reason: exposure.days === 0 ? 'not_covered' : null,
  };
}

/**
 * The interval on which a verdict rests: exact, or wider where weeks vary more than chance lets them.
 * @param {Exposure} before
 * @param {Exposure} after
 * @param {{ index: number, freedom: number } | null} dispersion
 * @returns {RatioInterval | null}
 */
function deciding(before, after, dispersion) {
  if (!dispersion || dispersion.index <= 1) return exactRatio95(before, after);
  const wide = dispersedRatio95(before, after, dispersion);
  if (wide) return wide;
  // Nothing on one side has no logarithm: as few independent cramps as say as much are compared exactly.
  const thin = exactRatio95(thinned(before, dispersion.index), thinned(after, dispersion.index));
  return thin ?? (exactRatio95(before, after) && { low: 0, high: null });
}

/** @param {RatioInterval | null} interval */
const shown = (interval) => interval && {
  low: sixDigits(interval.low), high: interval.high === null ? null : sixDigits(interval.high),
};

/** @param {Seen} before @param {Seen} after @returns {Comparison} */
function compare(before, after) {
  const dispersion = dispersionOfBlocks([before.weeks, after.weeks]);
  const covered = deciding(before.covered, after.covered, dispersion);
  const all = deciding(before.all, after.all, dispersionOfBlocks([before.wholeWeeks, after.wholeWeeks]));
  const [ratio, ofAll] = [ratioOf(before.covered, after.covered), ratioOf(before.all, after.all)];
  return {
    rate_ratio: ratio === null ? null : sixDigits(ratio),
    verdict_ci95: shown(covered),
    over_all_days: { rate_ratio: ofAll === null ? null : sixDigits(ofAll), verdict_ci95: shown(all) },
    dispersion_index: dispersion && sixDigits(dispersion.index),
    verdict: changeOf(before, after, covered, all),
    reason: reasonOfRatio(before.covered, after.covered),
  };
}

/**
 * There is a clear change only if both intervals say so: who begins to check in must not seem to have fewer.
 * @param {Seen} before
 * @param {Seen} after
 * @param {RatioInterval | null} covered
 * @param {RatioInterval | null} all
 * @returns {Comparison['verdict']}
 */
function changeOf(before, after, covered, all) {
  const enough = before.covered.events + after.covered.events >= FEWEST
    && Math.min(before.covered.days, after.covered.days) >= FEWEST_DAYS;
  if (!enough || !covered || !all) return 'insufficient_data';
  if (covered.high !== null && all.high !== null && covered.high < 1 && all.high < 1) return 'fewer';
  return covered.low > 1 && all.low > 1 ? 'more' : 'no_clear_change';
}

/** @param {Exposure} before @param {Exposure} after @returns {Reason | null} */
function reasonOfRatio(before, after) {
  if (before.days === 0 || after.days === 0) return 'not_covered';
  if (before.events + after.events === 0) return 'no_episodes';
  return before.events === 0 ? 'nothing_before' : null;
}

/**
 * @param {DayRecord} record
 * @param {DateRange | null} before
 * @param {DateRange | null} after
 * @param {(cramp: Episode) => boolean | null} what
 * @returns {NightChange}
 */
function nightChange(record, before, after, what) {
  const [earlier, later] = [record.nights(before, what), record.nights(after, what)];
  /** @param {Nights} nights @returns {NightCounts} */
  const counts = (nights) => ({
    observed_nights: nights.observed, cramp_nights: nights.with, share: decimals(share(nights.with, nights.observed)),
  });
  // Of many nights with a cramp of which more is not known, the rest says how people write.
  const enough = [earlier, later].every(({ observed, told }) => observed >= FIRM * told);
  /** @param {[number, number]} one @param {[number, number]} other */
  const difference = (one, other) => {
    const found = enough ? newcombe(one, other) : null;
    return { difference: found && sixDecimals(found.difference), ci95: found && rounded(found.ci95) };
  };
  return {
    before: counts(earlier), after: counts(later),
    ...difference([earlier.with, earlier.observed], [later.with, later.observed]),
    over_all_nights: difference([earlier.knownWith, earlier.all], [later.knownWith, later.all]),
    reason: reasonOf(earlier) ?? reasonOf(later) ?? (enough ? null : 'not_recorded'),
  };
}

/** @param {DayRecord} record @param {DateRange | null} range @returns {SideOfStart} */
function sideOf(record, range) {
  const cramps = range ? record.within(range).flatMap((day) => day.cramps) : [];
  const seen = record.seen(range);
  return {
    from: range?.from ?? null, to: range?.to ?? null, episodes: cramps.length, night: cramps.filter(isNight).length,
    coverage: record.coverage(range), per_week: rateOf(seen.covered),
  };
}

/**
 * Up to 90 days before the start of a treatment and after it, while it lasts. The day of the start is on neither side.
 * @param {DayRecord} record
 * @param {Treatment} treatment
 * @returns {BeforeAfter}
 */
export function beforeAfter(record, { id, kind, name, started_on, ended_on }) {
  // What is done to a vein is over in a day, and is meant to last.
  const lasting = kind === 'vein_treatment' ? null : ended_on;
  const last = addDays(started_on, WINDOW);
  const before = record.known({ from: addDays(started_on, -WINDOW), to: addDays(started_on, -1) });
  const after = record.known({ from: addDays(started_on, 1), to: lasting !== null && lasting < last ? lasting : last });
  return {
    treatment: { id, kind, name, started_on, ended_on },
    before: sideOf(record, before), after: sideOf(record, after),
    ...compare(record.seen(before), record.seen(after)),
    cramp_nights: nightChange(record, before, after, anyCramp),
    broken_nights: nightChange(record, before, after, brokeSleep),
  };
}

/**
 * @param {DayRecord} record
 * @param {DateRange} period
 * @param {Treatment[]} treatments newest first
 * @returns {Figures}
 */
export function figuresOf(record, period, treatments) {
  const bouts = record.bouts(period);
  const newest = treatments.find(({ started_on }) => started_on <= period.to && started_on <= record.today);
  return {
    ...period,
    ...nightShare(record, period, bouts),
    cramp_days: record.within(period).filter(({ cramps }) => cramps.length > 0).length,
    cramp_nights: bouts.filter((bout) => bout.some(isNight)).length,
    night_rate: nightRate(record.nights(period, anyCramp)),
    broken_night_rate: nightRate(record.nights(period, brokeSleep)),
    interrupted_sleep: yesNoUnknown(ask(bouts, brokeSleep)),
    interrupted_sleep_at_night: yesNoUnknown(ask(bouts, brokeSleep, isNight)),
    in_bed: yesNoUnknown(ask(bouts, inBed)),
    coverage: record.coverage(period),
    treatment: newest ? beforeAfter(record, newest) : null,
  };
}
