// What must hold on every page.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';

import { AxeBuilder } from '@axe-core/playwright';

const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

/** axe finds nothing that keeps somebody out. */
export async function isAccessible(page) {
  // "Legacy" is about frames of other origins, which no page has: without them it is twice as fast.
  const { violations } = await new AxeBuilder({ page }).withTags(RULES).setLegacyMode().analyze();
  const list = violations.flatMap(({ id, impact, help, nodes }) =>
    nodes.map(({ target, failureSummary }) => `${id} (${impact}): ${help}\n  ${target}\n  ${failureSummary}`));
  assert.ok(list.length === 0, [`"${await page.title()}" is not accessible:`, ...list].join('\n'));
}

/** Nobody has to scroll the page sideways. */
export async function fits(page) {
  const wide = await page.evaluate(() => document.documentElement.scrollWidth);
  const { width } = page.viewportSize();
  assert.ok(wide <= width, `"${await page.title()}" is ${wide} px wide on a screen of ${width} px`);
}

/** Both of these. With SCREENSHOTS=folder, a picture is taken of it, for people to judge. */
export async function isForEverybody(page, picture) {
  await isAccessible(page);
  await fits(page);
  if (process.env.SCREENSHOTS) {
    mkdirSync(process.env.SCREENSHOTS, { recursive: true });
    await page.screenshot({ path: join(process.env.SCREENSHOTS, `${picture}.png`), fullPage: true });
  }
}

/** The texts of the sheets that a page prints on. */
export async function printed(page) {
  return sheets(await page.pdf({ preferCSSPageSize: true, printBackground: true }));
}

/** How high the smallest letters are that a page prints on A4, in points: those of charts as well. */
export async function smallestPrinted(page) {
  const before = page.viewportSize();
  // Between margins of 12 mm.
  await page.setViewportSize({ ...before, width: Math.round((186 / 25.4) * 96) });
  await page.emulateMedia({ media: 'print' });
  const points = await page.evaluate(() => {
    const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    let least = Infinity;
    while (texts.nextNode()) {
      const range = document.createRange();
      range.selectNode(texts.currentNode);
      const { width } = range.getBoundingClientRect();
      if (width <= 1 || !texts.currentNode.data.trim()) continue;
      const of = texts.currentNode.parentElement;
      const scale = of instanceof SVGElement ? of.getScreenCTM().a : 1;
      least = Math.min(least, parseFloat(getComputedStyle(of).fontSize) * scale * 0.75);
    }
    return least;
  });
  await page.emulateMedia({ media: null });
  await page.setViewportSize(before);
  return points;
}

/** The texts of the sheets of a PDF. */
export function sheets(pdf) {
  const text = execFileSync('pdftotext', ['-', '-'], { input: pdf, encoding: 'utf8' });
  return text.split('\f').slice(0, -1);
}
