import assert from 'node:assert/strict';
import { test } from 'node:test';

import * as statistics from '../../companion/diary/statistics.js';
import { close, read } from './reference.mjs';

const { bouts, simple, more } = { bouts: read('bouts'), simple: read('statistics'), more: read('more_statistics') };

test('shares of bouts agree with the reference', () => {
  for (const it of bouts.night_share) {
    const ours = statistics.clustered(it.bouts.map(({ night, all }) => ({ yes: night, all })));
    assert.deepEqual([ours.yes, ours.all, ours.bouts], [it.night, it.episodes, it.bout_days]);
    if (it.design_effect === null) assert.equal(ours.designEffect, null);
    else assert.ok(close(ours.designEffect, it.design_effect));
    for (const [one, other] of [
      [ours.effectiveN, it.effective_n],
      [ours.share, it.share],
      [ours.ci95.low, it.low],
      [ours.ci95.high, it.high],
    ]) {
      assert.ok(close(one, other), `${one} ${other}`);
    }
    const p = statistics.atLeastUnder(ours, it.clock_share);
    assert.ok(Math.abs(p - it.p_value_vs_clock) <= 1e-9 * it.p_value_vs_clock, `${p} ${it.p_value_vs_clock}`);
  }
});

test("Wilson's and Newcombe's intervals agree with the reference", () => {
  for (const { k, n, low, high } of simple.wilson_95) {
    const ours = statistics.wilsonOf(k, n);
    assert.ok(close(ours.low, low) && close(ours.high, high), `${k} of ${n}`);
  }
  for (const it of bouts.night_rate) {
    const ours = statistics.wilsonOf(it.cramp_nights, it.observed_nights);
    assert.ok(close(7 * ours.low, it.low) && close(7 * ours.high, it.high));
  }
  for (const { before, after, difference, low, high } of bouts.night_difference) {
    const ours = statistics.newcombe(before, after);
    assert.ok(close(ours.difference, difference) && close(ours.ci95.low, low) && close(ours.ci95.high, high));
  }
});

test('rates and their ratios agree with the reference', () => {
  for (const { events, days, low, high } of more.poisson_rate) {
    const ours = statistics.poisson95({ events, days });
    assert.ok(close(ours.low, low) && close(ours.high, high), `${events} in ${days}`);
  }
  for (const {
    before,
    after,
    rate_ratio,
    exact_ci95: [low, high],
  } of [...simple.rate_ratio, ...more.rate_ratio_of_many]) {
    const ours = statistics.exactRatio95(before, after);
    assert.ok(close(ours.low, low, 1e-8), `${ours.low} ${low}`);
    if (high === null) assert.equal(ours.high, null);
    else assert.ok(close(ours.high, high, 1e-8), `${ours.high} ${high}`);
    if (rate_ratio === null) assert.equal(statistics.ratioOf(before, after), null);
    else assert.ok(close(statistics.ratioOf(before, after), rate_ratio));
  }
});

test('the variation from week to week, and intervals that allow for it, agree with the reference', () => {
  for (const { groups, index, freedom } of more.dispersion_of_blocks) {
    const ours = statistics.dispersionOfBlocks(
      groups.map((group) => group.map(([events, days]) => ({ events, days }))),
    );
    assert.ok(close(ours.index, index) && ours.freedom === freedom, `${ours.index} ${index}`);
  }
  for (const {
    before,
    after,
    dispersion,
    freedom,
    ci95: [low, high],
  } of more.quasi_poisson_by_t) {
    const ours = statistics.dispersedRatio95(before, after, { index: dispersion, freedom });
    assert.ok(close(ours.low, low, 1e-8) && close(ours.high, high, 1e-8), `${ours.low} ${low} ${ours.high} ${high}`);
  }
});

test('without anything to go by, nothing is said', () => {
  assert.equal(statistics.clustered([{ yes: 0, all: 0 }]), null);
  assert.equal(statistics.wilsonOf(0, 0), null);
  assert.equal(statistics.newcombe([0, 0], [3, 7]), null);
  assert.equal(statistics.poisson95({ events: 0, days: 0 }), null);
  assert.equal(statistics.exactRatio95({ events: 0, days: 9 }, { events: 0, days: 9 }), null);
  assert.equal(statistics.dispersionOfBlocks([[{ events: 0, days: 7 }]]), null);
});

test('numbers are rounded as the service rounds them', () => {
  assert.equal(statistics.sixDigits(1.335312345e-8), 1.33531e-8);
  assert.equal(statistics.sixDecimals(-0.2333333333), -0.233333);
  assert.ok(Object.is(statistics.sixDecimals(-1e-9), 0));
});
