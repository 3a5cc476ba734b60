// Emoji on the shipped interface, with the keyboard alone: found, written, sent, and there again after a reload.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { judge, judgeAll, wellMade } from './judge.mjs';
import { article, composer, startPair } from './people.mjs';
import { call } from './programs.mjs';

let pair;
before(async () => {
  pair = await startPair();
});
after(() => pair?.end());

const search = (page) => page.getByRole('searchbox', { includeHidden: false });
const focusIs = (page, selector) => page.waitForFunction((wanted) => document.activeElement?.matches(wanted), selector);

async function open(page) {
  await composer(page).focus();
  await page.keyboard.press('Control+Shift+e');
  await focusIs(page, '[role="searchbox"]');
}

/** The language of the window, by its settings. */
async function speak(page, language) {
  const { settings } = await call(page, 'Start');
  await call(page, 'SaveSettings', { ...settings, language });
  await page.locator(`html[lang="${language}"]`).waitFor();
}

test('found in Chinese, written twice with a skin, and sent', async () => {
  const { page: ana } = pair.people.Ana;
  const { page: ben } = pair.people.Ben;
  await speak(ana, 'zh-CN');
  await composer(ana).fill('再见！');
  await ana.keyboard.press('ArrowLeft');
  await open(ana);
  await ana.keyboard.type('挥手');
  const wave = ana.getByRole('gridcell').getByRole('button').first();
  assert.equal(await wave.getAttribute('aria-label'), '挥手');
  // The skin: the last stop before the round begins again.
  await ana.keyboard.press('Shift+Tab');
  await focusIs(ana, 'input[type="radio"]');
  await ana.keyboard.press('ArrowRight');
  await ana.keyboard.press('ArrowRight');
  await ana.keyboard.press('ArrowRight');
  await ana.getByRole('button', { name: '挥手，中等肤色' }).waitFor();
  await ana.keyboard.press('Tab');
  await focusIs(ana, '[role="searchbox"]');
  await ana.keyboard.press('ArrowDown');
  await ana.keyboard.press('Shift+Enter');
  await ana.waitForFunction(() => document.querySelector('[data-composer]').value === '再见👋🏽！');
  await focusIs(ana, '[role="gridcell"] button');
  await ana.keyboard.press('Enter');
  await focusIs(ana, '[data-composer]');
  assert.equal(await composer(ana).inputValue(), '再见👋🏽👋🏽！');
  // It stands at the caret, and is one step of the field's history.
  assert.equal(await composer(ana).evaluate((field) => field.selectionStart), '再见👋🏽👋🏽'.length);
  await ana.keyboard.press('Control+z');
  assert.equal(await composer(ana).inputValue(), '再见👋🏽！');
  await ana.keyboard.press('Control+Shift+z');
  await ana.keyboard.press('Enter');
  await article(ben, '再见👋🏽👋🏽！').waitFor({ state: 'attached' });
  await speak(ana, 'en');
});

test('what was used last is there after a reload, and the skin too', async () => {
  const { page: ana } = pair.people.Ana;
  await ana.reload();
  await ana.locator('[data-row]').first().click();
  await open(ana);
  const last = ana.getByRole('grid', { name: 'Used last' }).getByRole('button');
  assert.deepEqual(await last.allTextContents(), ['👋🏽']);
  assert.equal(await last.getAttribute('aria-label'), 'waving hand, skin tone: Medium');
  await ana.keyboard.press('Escape');
  await focusIs(ana, '[data-composer]');
  await search(ana).waitFor({ state: 'detached' });
});

test('every group fits, and is well made in both themes, widths and languages', async () => {
  const { page: ana } = pair.people.Ana;
  await ana.getByRole('button', { name: 'Emoji', exact: true }).click();
  const tabs = ana.getByRole('tab');
  assert.equal(await tabs.count(), 10);
  await tabs.nth(1).focus();
  for (let at = 1; at < 10; at += 1) {
    await tabs.nth(at).click();
    await ana.getByRole('grid', { name: await tabs.nth(at).getAttribute('aria-label') }).waitFor();
    assert.ok((await ana.getByRole('gridcell').count()) > 50);
  }
  await judge(ana, 'emoji-flags');
  await tabs.nth(1).click();
  await search(ana).focus();
  await ana.keyboard.press('ArrowDown');
  await judgeAll(ana, 'emoji');
  await search(ana).fill('zzzz');
  await ana.getByText('No emoji of this name').waitFor();
  await judge(ana, 'emoji-nothing');
  await ana.keyboard.press('Escape');
  await focusIs(ana, '[data-composer]');
});

test('every screen that was judged is well made, and no page complained', () => {
  wellMade();
  for (const [name, { complaints }] of Object.entries(pair.people)) assert.deepEqual(complaints, [], name);
});
