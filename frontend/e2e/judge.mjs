// Whether a screen is well made: all rules of axe, nothing sticking out at the side; and pictures of it as different people see it.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { stillness } from '../scripts/settled.mjs';
import { artifacts, call } from './programs.mjs';

const wide = { width: 1200, height: 800 };
const narrow = { width: 720, height: 800 };

let axe;

/** What axe-core finds, one line for each. */
export async function violations(at) {
  axe ??= await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
  // Evaluated by the browser's debugger, so that the page's policy stays as it is.
  if (!(await at.evaluate(() => 'axe' in globalThis))) await at.evaluate(axe);
  return at.evaluate(async () => {
    const { violations: found } = await globalThis.axe.run(document, { resultTypes: ['violations'], preload: false });
    // A hint is the description of its button, and read there: it needs no landmark of its own.
    const hint = (rule, node) => rule.id === 'region' && document.querySelector(node.target.at(-1))?.matches('[role="tooltip"]');
    return found.flatMap((rule) =>
      rule.nodes.filter((node) => !hint(rule, node)).map((node) => `${rule.id}: ${node.target.join(' ')}: ${node.failureSummary}`),
    );
  });
}

/** What is too wide for the window, and words that were left as keys or values. */
const slips = (at) =>
  at.evaluate(() => {
    const found = [];
    const root = document.documentElement;
    if (root.scrollWidth > root.clientWidth) found.push(`${root.scrollWidth} px wide in ${root.clientWidth}`);
    for (const one of document.querySelectorAll('button')) {
      const box = one.getBoundingClientRect();
      if (box.width > 2 && one.textContent && one.scrollWidth > one.clientWidth + 1) found.push(`does not fit: ${one.textContent}`);
    }
    const bare = document.body.innerText.match(/\{\{\w+|\bundefined\b|\bNaN\b|\[object|\b(bans|lock|settings|requests|details|verify)\.[a-z]+\w*\b/);
    if (bare) found.push(`not words: ${bare[0]}`);
    return found;
  });

const findings = [];

/** Judges the screen as it is, and keeps a picture; what is found is told by wellMade, so that a talk goes on. */
export async function judge(page, name) {
  await stillness(page);
  await page.screenshot({ path: join(artifacts, `${name}.png`) });
  for (const one of [...(await slips(page)), ...(await violations(page))]) findings.push(`${name}: ${one}`);
}

/** Demands that nothing was found on any screen. */
export const wellMade = () => assert.deepEqual(findings, []);

/** Judges the screen light and dark, wide and narrow, in both languages where a profile is open; what is open stays open. */
export async function judgeAll(page, name, { languages = ['en', 'zh-CN'] } = {}) {
  const before = page.viewportSize();
  const speak = async (language) => {
    const { settings } = await call(page, 'Start');
    await call(page, 'SaveSettings', { ...settings, language });
    await page.locator(`html[lang="${language === 'system' ? 'en' : language}"]`).waitFor();
  };
  for (const language of languages) {
    if (languages.length > 1) await speak(language);
    for (const colorScheme of ['light', 'dark']) {
      await page.emulateMedia({ colorScheme });
      for (const size of [wide, narrow]) {
        await page.setViewportSize(size);
        await judge(page, `${name}-${size.width}-${colorScheme}-${language}`);
      }
    }
  }
  if (languages.length > 1) await speak('system');
  await page.emulateMedia({ colorScheme: null });
  await page.setViewportSize(before);
}
