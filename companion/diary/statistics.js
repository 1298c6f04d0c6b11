// Statistics as pure functions of numbers: those of the service that the phone needs, by the same formulas, held
// against the same reference values. docs/methods.md names the sources.

/** @import { Interval, RatioInterval } from '../types.js' */

/** The two-sided 95 % point of the standard normal distribution. */
const Z_95 = 1.959963984540054;
/** What lies beyond each end of a two-sided 95 % interval. */
const BEYOND_95 = 0.025;

/** @typedef {{ events: number, days: number }} Exposure */
/** @typedef {{ yes: number, all: number }} Bout */

// Rounding ------------------------------------------------------------------------------------------------------------

/** @param {number} number */
export const sixDecimals = (number) => Math.sign(number) * Math.round(Math.abs(number) * 1e6) / 1e6 || 0;
/** @param {number} number */
export const sixDigits = (number) => (Number.isFinite(number) ? Number(number.toExponential(5)) : number);
/** @param {Interval} interval @returns {Interval} */
export const rounded = ({ low, high }) => ({ low: sixDecimals(low), high: sixDecimals(high) });

// Shares --------------------------------------------------------------------------------------------------------------

/** @param {number} yes @param {number} of */
export const share = (yes, of) => (of > 0 ? yes / of : null);

/**
 * Wilson's interval of a share of `n`, which need not be a whole number.
 * @param {number} part
 * @param {number} n
 * @returns {Interval | null}
 */
export function wilson(part, n) {
  if (!(n > 0 && part >= 0 && part <= 1)) return null;
  const z2 = Z_95 * Z_95;
  const centre = part + z2 / (2 * n);
  const half = Z_95 * Math.sqrt(part * (1 - part) / n + z2 / (4 * n * n));
  const scale = 1 + z2 / n;
  /** @param {number} end */
  const within = (end) => Math.min(1, Math.max(0, end / scale));
  return { low: part <= 0 ? 0 : within(centre - half), high: part >= 1 ? 1 : within(centre + half) };
}

/** @param {number} yes @param {number} of */
export const wilsonOf = (yes, of) => (of > 0 ? wilson(yes / of, of) : null);

/**
 * The difference of two shares, `[yes, of]` each, with Newcombe's interval (method 10).
 * @param {[number, number]} before
 * @param {[number, number]} after
 * @returns {{ difference: number, ci95: Interval } | null}
 */
export function newcombe(before, after) {
  const [earlier, later] = [before, after].map(([yes, of]) => ({ share: yes / of, around: wilsonOf(yes, of) }));
  if (!earlier.around || !later.around) return null;
  const difference = later.share - earlier.share;
  const low = difference - Math.hypot(later.share - later.around.low, earlier.around.high - earlier.share);
  const high = difference + Math.hypot(later.around.high - later.share, earlier.share - earlier.around.low);
  return { difference, ci95: { low: Math.max(-1, low), high: Math.min(1, high) } };
}

/**
 * The share of all that came, which is as sure as its bouts are many: Cochran's variance of a ratio estimate, Kish's
 * design effect, Rao and Scott's effective number.
 * @param {Bout[]} given
 */
export function clustered(given) {
  const bouts = given.filter(({ all }) => all > 0).map(({ yes, all }) => ({ yes: Math.min(yes, all), all }));
  const g = bouts.length;
  const y = bouts.reduce((sum, { yes }) => sum + yes, 0);
  const n = bouts.reduce((sum, { all }) => sum + all, 0);
  if (n === 0) return null;
  const part = y / n;
  let effect = null;
  if (g > 1 && y > 0 && y < n) {
    const squares = bouts.reduce((sum, { yes, all }) => sum + (yes * n - y * all) ** 2, 0);
    effect = Math.max(1, g * squares * (n - 1) / ((g - 1) * n * n * y * (n - y)));
  }
  const effectiveN = effect === null ? g : n / effect;
  const ci95 = /** @type {Interval} */ (wilson(part, effectiveN));
  return { yes: y, all: n, bouts: g, designEffect: effect, effectiveN, share: part, ci95 };
}

/** @typedef {NonNullable<ReturnType<typeof clustered>>} Clustered */

/**
 * How likely so large a share or a larger one would be if each were a yes with probability `p`: the binomial tail on
 * effective counts.
 * @param {Clustered} found
 * @param {number} p
 */
export function atLeastUnder({ yes, share: part, effectiveN }, p) {
  if (yes === 0 || p >= 1) return 1;
  return p <= 0 ? 0 : binomialAtLeast(part * effectiveN, effectiveN, p);
}

// Tails of counts -----------------------------------------------------------------------------------------------------

const LANCZOS = [
  0.99999999999980993, 676.5203681218851, -1259.1392167224028, 771.32342877765313, -176.61502916214059,
  12.507343278686905, -0.13857109526572012, 9.9843695780195716e-6, 1.5056327351493116e-7,
];

/** ln Γ(x) for x > 0 (C. Lanczos, 1964). @param {number} x @returns {number} */
function logGamma(x) {
  if (x < 0.5) return Math.log(Math.PI / Math.sin(Math.PI * x)) - logGamma(1 - x);
  const sum = LANCZOS.reduce((total, part, at) => total + (at ? part / (x - 1 + at) : part), 0);
  const t = x + 6.5;
  return 0.5 * Math.log(2 * Math.PI) + (x - 0.5) * Math.log(t) - t + Math.log(sum);
}

/** ln n! less Stirling's approximation of it. @param {number} n */
function stirlingError(n) {
  if (n < 16) return logGamma(n + 1) - (n + 0.5) * Math.log(n) + n - 0.5 * Math.log(2 * Math.PI);
  const square = n * n;
  return (1 / 12 - (1 / 360 - (1 / 1260 - (1 / 1680 - 1 / 1188 / square) / square) / square) / square) / n;
}

/** x ln(x / mean) + mean − x, without losing the digits when both are close. @param {number} x @param {number} mean */
function deviance(x, mean) {
  const difference = x - mean;
  if (Math.abs(difference) >= 0.1 * (x + mean)) return x * Math.log(x / mean) - difference;
  const v = difference / (x + mean);
  let [sum, power] = [difference * v, 2 * x * v];
  for (let odd = 3; odd <= 21; odd += 2) {
    power *= v * v;
    sum += power / odd;
  }
  return sum;
}

/** P(X = x) of a binomial count (C. Loader, 2000). @param {number} x @param {number} n @param {number} p */
function binomialTerm(x, n, p) {
  if (x === 0) return Math.exp(n * Math.log1p(-p));
  if (x >= n) return Math.exp(n * Math.log(p));
  const exponent = stirlingError(n) - stirlingError(x) - stirlingError(n - x)
    - deviance(x, n * p) - deviance(n - x, n * (1 - p));
  return Math.exp(exponent) * Math.sqrt(n / (2 * Math.PI * x * (n - x)));
}

/** P(X = x) of a Poisson count. @param {number} x @param {number} mean */
function poissonTerm(x, mean) {
  if (x === 0) return Math.exp(-mean);
  return Math.exp(-stirlingError(x) - deviance(x, mean)) / Math.sqrt(2 * Math.PI * x);
}

/**
 * r₁ + r₁r₂ + r₁r₂r₃ + …, until the terms do not count any more.
 * @param {(step: number) => number | null} ratio
 */
function falling(ratio) {
  let [term, sum] = [1, 0];
  for (let step = 0; ; step += 1) {
    const next = ratio(step);
    if (next === null) return sum;
    term *= next;
    sum += term;
    if (term <= sum * 1e-17 || !Number.isFinite(sum)) return sum;
  }
}

/**
 * P(X ≥ seen) of a binomial count, carried over to real numbers: the regularised incomplete beta function, for
 * 0 < seen ≤ of.
 * @param {number} seen
 * @param {number} of
 * @param {number} p
 */
export function binomialAtLeast(seen, of, p) {
  const q = 1 - p;
  const exactly = binomialTerm(seen, of, p);
  /** @param {number} first @param {number} part */
  const series = (first, part) => 1 + falling((step) => (of + 1 + step) * part / (first + step));
  const tail = seen < of * p
    ? 1 - exactly * q * seen / (of - seen + 1) * series(of - seen + 2, q)
    : exactly * q * series(seen + 1, p);
  return Math.min(1, Math.max(0, tail));
}

/**
 * @param {number} exactly
 * @param {number} other what lies beyond, in parts of it
 * @param {boolean} isBelow
 * @returns {{ atMost: number, atLeast: number }}
 */
function tails(exactly, other, isBelow) {
  const small = exactly * (1 + other);
  const rest = Math.min(1, Math.max(0, 1 - (small - exactly)));
  const tail = Math.min(1, small);
  return isBelow ? { atMost: tail, atLeast: rest } : { atMost: rest, atLeast: tail };
}

/** Both tails of a binomial count. @param {number} seen @param {number} of @param {number} p */
function binomial(seen, of, p) {
  const odds = p / (1 - p);
  const exactly = binomialTerm(seen, of, p);
  if (seen < of * p) {
    const below = falling((step) => (step < seen ? (seen - step) / ((of - seen + 1 + step) * odds) : null));
    return tails(exactly, below, true);
  }
  const above = falling((step) => (seen + 1 + step <= of ? (of - seen - step) * odds / (seen + 1 + step) : null));
  return tails(exactly, above, false);
}

/** Both tails of a Poisson count. @param {number} seen @param {number} mean */
function poisson(seen, mean) {
  const exactly = poissonTerm(seen, mean);
  if (seen < mean) return tails(exactly, falling((step) => (step < seen ? (seen - step) / mean : null)), true);
  return tails(exactly, falling((step) => mean / (seen + 1 + step)), false);
}

/**
 * Where a function goes from one sign to the other, by bisection.
 * @param {number} low
 * @param {number} high
 * @param {(x: number) => number} f
 */
function root(low, high, f) {
  const below = f(low) > 0;
  for (let step = 0; step < 200; step += 1) {
    const middle = low + (high - low) / 2;
    if (middle <= low || middle >= high || high - low <= 1e-15 * high) break;
    if (f(middle) > 0 === below) low = middle;
    else high = middle;
  }
  return low + (high - low) / 2;
}

// Rates ---------------------------------------------------------------------------------------------------------------

/** @param {Exposure} exposure */
export const rate = ({ events, days }) => (days > 0 ? events / days : null);

/** Garwood's exact interval of a rate a day. @param {Exposure} exposure @returns {Interval | null} */
export function poisson95({ events, days }) {
  if (days === 0) return null;
  const far = events + 10 * Math.sqrt(events) + 20;
  const tiny = 2.2250738585072014e-308;
  const low = events === 0 ? 0 : root(tiny, events, (mean) => poisson(events, mean).atLeast - BEYOND_95);
  const high = root(Math.max(events, tiny), far, (mean) => poisson(events, mean).atMost - BEYOND_95);
  return { low: low / days, high: high / days };
}

/** @param {Exposure} before @param {Exposure} after */
export function ratioOf(before, after) {
  const [earlier, later] = [rate(before), rate(after)];
  return earlier && later !== null ? later / earlier : null;
}

/**
 * The exact interval of a ratio of two rates (Clopper & Pearson, given all events). An end that is null has no bound.
 * @param {Exposure} before
 * @param {Exposure} after
 * @returns {RatioInterval | null}
 */
export function exactRatio95(before, after) {
  const [seen, of] = [after.events, before.events + after.events];
  if (of === 0 || before.days === 0 || after.days === 0) return null;
  /** @param {number} p */
  const ratio = (p) => p / (1 - p) * (before.days / after.days);
  const [least, most] = [1e-300, 1 - Number.EPSILON / 2];
  const part = Math.min(most, Math.max(least, seen / of));
  const low = seen === 0 ? 0 : ratio(root(least, part, (p) => binomial(seen, of, p).atLeast - BEYOND_95));
  const high = seen < of ? ratio(root(part, most, (p) => binomial(seen, of, p).atMost - BEYOND_95)) : null;
  return { low, high };
}

/**
 * The interval of a ratio by quasi-Poisson, with Student's t on the degrees of freedom of φ.
 * @param {Exposure} before
 * @param {Exposure} after
 * @param {{ index: number, freedom: number }} dispersion
 * @returns {RatioInterval | null} null when a side has no events
 */
export function dispersedRatio95(before, after, { index, freedom }) {
  const estimate = ratioOf(before, after);
  if (before.events === 0 || after.events === 0 || estimate === null) return null;
  const error = Math.sqrt(Math.max(1, index) * (1 / before.events + 1 / after.events));
  const factor = Math.exp(studentQuantile(freedom) * error);
  return { low: estimate / factor, high: estimate * factor };
}

/**
 * As many independent events as would say as much, where counts vary φ times as much.
 * @param {Exposure} side
 * @param {number} phi
 * @returns {Exposure}
 */
export const thinned = (side, phi) => ({ ...side, events: Math.floor(side.events / Math.max(1, phi) + 1e-9) });

/** In a block in which fewer events are expected, χ² is no guide. */
const LEAST_EXPECTED = 0.5;

/**
 * Pearson's index of dispersion of blocks of days, in groups with a rate of their own.
 * @param {Exposure[][]} groups
 * @returns {{ index: number, freedom: number } | null}
 */
export function dispersionOfBlocks(groups) {
  let [statistic, freedom] = [0, 0];
  for (const group of groups) {
    const blocks = group.filter(({ days }) => days > 0);
    const events = blocks.reduce((sum, block) => sum + block.events, 0);
    if (events === 0) continue;
    const perDay = events / blocks.reduce((sum, block) => sum + block.days, 0);
    /** @type {Exposure[]} */
    const joined = [];
    /** @param {Exposure | undefined} last @param {Exposure} block */
    const join = (last, block) => {
      if (!last) joined.push({ ...block });
      else Object.assign(last, { events: last.events + block.events, days: last.days + block.days });
    };
    /** @param {Exposure | undefined} block */
    const isShort = (block) => block !== undefined && block.days * perDay < LEAST_EXPECTED;
    for (const block of blocks) join(isShort(joined.at(-1)) ? joined.at(-1) : undefined, block);
    if (isShort(joined.at(-1))) {
      const rest = /** @type {Exposure} */ (joined.pop());
      join(joined.at(-1), rest);
    }
    for (const { events: seen, days } of joined) statistic += (seen - perDay * days) ** 2 / (perDay * days);
    freedom += joined.length - 1;
  }
  return freedom > 0 ? { index: statistic / freedom, freedom } : null;
}

// Student's t ---------------------------------------------------------------------------------------------------------

/**
 * The regularised incomplete beta function by Lentz's continued fraction.
 * @param {number} x
 * @param {number} a
 * @param {number} b
 * @returns {number}
 */
function incompleteBeta(x, a, b) {
  if (x > (a + 1) / (a + b + 2)) return 1 - incompleteBeta(1 - x, b, a);
  const front = Math.exp(a * Math.log(x) + b * Math.log1p(-x) + logGamma(a + b) - logGamma(a) - logGamma(b)) / a;
  const tiny = 1e-300;
  let [f, c, d] = [1, 1, 0];
  for (let step = 0; step < 1000; step += 1) {
    const m = step >> 1;
    let part = 1;
    if (step > 0 && step % 2 === 0) part = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m));
    else if (step > 0) part = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1));
    d = 1 / (1 + part * d || tiny);
    c = 1 + part / c || tiny;
    f *= c * d;
    if (Math.abs(1 - c * d) < 1e-15) break;
  }
  return front * (f - 1);
}

/** The point beyond which 2.5 % lie. @param {number} freedom */
export function studentQuantile(freedom) {
  /** @param {number} t */
  const beyond = (t) => incompleteBeta(freedom / (freedom + t * t), freedom / 2, 0.5) / 2;
  return root(0.5, 13, (t) => beyond(t) - BEYOND_95);
}
