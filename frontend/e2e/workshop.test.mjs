// Judges every component in every state, and compares the sections of the workshop with the pictures that are kept in frontend/pictures, so that a change of look is seen
// by somebody: KEEP=1 npm run pictures keeps the new ones (and shows them in the change). What differs is left in .artifacts.

import assert from 'node:assert/strict';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import process from 'node:process';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import pixelmatch from 'pixelmatch';
import { PNG } from 'pngjs';
import { serve } from '../scripts/served.mjs';
import { stillness } from '../scripts/settled.mjs';
import { measure } from './faults.mjs';
import { violations } from './judge.mjs';

const kept = fileURLToPath(new URL('../pictures/', import.meta.url));
const artifacts = fileURLToPath(new URL('../../.artifacts/workshop/', import.meta.url));

/**
 * How many of a thousand pixels may differ, each by more than a tenth of black against white (edges of letters do): with the
 * browser of the kept pictures, and with another one, which draws letters its own way.
 */
const tolerances = { same: 1, other: 10 };
let tolerance = tolerances.same;

let served;
before(async () => {
  served = await serve();
  await mkdir(artifacts, { recursive: true });
  await mkdir(kept, { recursive: true });
  const browser = join(kept, 'browser.txt');
  const version = `Chromium ${served.browser.version()}\n`;
  if (process.env.KEEP) await writeFile(browser, version);
  if ((await readFile(browser, 'utf8')) !== version) tolerance = tolerances.other;
});
after(() => served?.close());

async function open(theme) {
  const context = await served.browser.newContext({
    viewport: { width: 1000, height: 800 },
    colorScheme: theme,
    reducedMotion: 'reduce',
    locale: 'en',
  });
  const page = await context.newPage();
  const errors = [];
  page.on('console', (message) => message.type() === 'error' && errors.push(message.text()));
  page.on('pageerror', (error) => errors.push(error.message));
  await page.goto(`${served.address}?workshop&theme=${theme}`);
  await page.getByRole('heading', { name: 'Workshop' }).waitFor();
  await page.evaluate(() => document.fonts.ready);
  // A list that grows with every scene stands behind what is over the window.
  await page.locator('section[data-picture="scenes"]').evaluate((list) => {
    list.style.visibility = 'hidden';
  });
  return { page, errors, close: () => context.close() };
}

/** Compares a picture with the kept one of its name, or keeps it. Answers with a sentence when they differ. */
async function compare(name, taken) {
  const path = join(kept, `${name}.png`);
  if (process.env.KEEP) {
    await writeFile(path, taken);
    return '';
  }
  const before = PNG.sync.read(await readFile(path));
  const now = PNG.sync.read(taken);
  let differing = before.width * before.height;
  const shown = new PNG({ width: before.width, height: before.height });
  if (before.width === now.width && before.height === now.height)
    differing = pixelmatch(before.data, now.data, shown.data, before.width, before.height, { threshold: 0.1 });
  const share = (1000 * differing) / (before.width * before.height);
  if (share <= tolerance) return '';
  await writeFile(join(artifacts, `${name}.png`), taken);
  await writeFile(join(artifacts, `${name}-differs.png`), PNG.sync.write(shown));
  return `${name}: ${share.toFixed(1)} of a thousand pixels differ (${now.width} x ${now.height}, kept ${before.width} x ${before.height})`;
}

const look = { animations: 'disabled', caret: 'hide' };

/** A picture of something small with the room that a ring around it takes. */
async function around(page, locator) {
  await locator.scrollIntoViewIfNeeded();
  const { x, y, width, height } = await locator.boundingBox();
  return page.screenshot({ ...look, clip: { x: x - 8, y: y - 8, width: width + 16, height: height + 16 } });
}

for (const theme of ['light', 'dark']) {
  test(`sections, ${theme}`, async () => {
    const { page, errors, close } = await open(theme);
    const differences = [];
    const sections = page.locator('section[data-picture]');
    const count = await sections.count();
    assert.ok(count >= 9, `${count} sections`);
    for (let i = 0; i < count; i++) {
      const section = sections.nth(i);
      const name = await section.getAttribute('data-picture');
      if (name === 'scenes') continue;
      differences.push(await compare(`${name}-${theme}`, await section.screenshot(look)));
    }
    assert.deepEqual(differences.filter(Boolean), []);
    assert.deepEqual(errors, []);
    await close();
  });

  test(`what the pointer and the focus change, ${theme}`, async () => {
    const { page, close } = await open(theme);
    const differences = [];
    const section = page.locator('section[data-picture="buttons"]');
    for (const kind of ['primary', 'outline', 'quiet', 'danger', 'dangerFill']) {
      const button = section.getByRole('button', { name: kind, exact: true }).first();
      await button.hover();
      differences.push(await compare(`button-${kind}-hover-${theme}`, await around(page, button)));
    }
    await page.getByRole('combobox').first().focus(); // the last before the buttons
    await page.keyboard.press('Tab');
    const primary = section.getByRole('button', { name: 'primary', exact: true }).first();
    assert.ok(await primary.evaluate((button) => button === document.activeElement));
    differences.push(await compare(`button-focus-${theme}`, await around(page, primary)));
    const name = page.locator('section[data-picture="fields"]').getByRole('textbox', { name: 'Name' }).first();
    await name.focus();
    differences.push(await compare(`field-focus-${theme}`, await around(page, name)));
    assert.deepEqual(differences.filter(Boolean), []);
    await close();
  });

  test(`over the window, ${theme}`, async () => {
    const { page, close } = await open(theme);
    const differences = [];
    for (const [button, role, name = role] of [
      ['Dialog', 'dialog'],
      ['Question before a loss', 'alertdialog'],
      ['More', 'menu'],
      ['Emoji', 'dialog', 'emoji'],
    ]) {
      const opener = page.getByRole('button', { name: button, exact: true });
      // What is tall needs the room below it.
      if (name === 'emoji') await opener.evaluate((element) => element.scrollIntoView({ block: 'start' }));
      await opener.click();
      await page.getByRole(role).waitFor();
      differences.push(await compare(`${name}-${theme}`, await around(page, page.getByRole(role))));
      await page.keyboard.press('Escape');
      await page.getByRole(role).waitFor({ state: 'detached' });
    }
    assert.deepEqual(differences.filter(Boolean), []);
    await close();
  });
}

for (const { theme, language, width } of [
  { theme: 'light', language: 'en', width: 720 },
  { theme: 'dark', language: 'zh-CN', width: 1200 },
]) {
  test(`axe finds nothing and nothing is cut off, ${theme}, ${language}, ${width} px`, async () => {
    const { page, errors, close } = await open(theme);
    await page.setViewportSize({ width, height: 800 });
    await page.getByRole('banner').getByRole('combobox').selectOption(language);
    await page.locator(`html[lang="${language}"]`).waitFor();
    // As high as the page: what is fixed to the window stands in a section here.
    const { height } = await page.getByRole('main').boundingBox();
    await page.setViewportSize({ width, height: Math.ceil(2 * height) });
    await stillness(page);
    const found = [...(await violations(page)), ...(await measure(page))];
    for (const size of ['130 %', '100 %']) {
      await page.getByRole('banner').getByText(size, { exact: true }).click();
      found.push(...(await measure(page)).map((one) => `${size}: ${one}`));
    }
    assert.equal(found.join('\n'), '');
    assert.deepEqual(errors, []);
    await close();
  });
}
