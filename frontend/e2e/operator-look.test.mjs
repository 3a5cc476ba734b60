// Every screen of the operator's page: themes, widths, languages, text twice as large, fingers.
import assert from 'node:assert/strict';
import { mkdir } from 'node:fs/promises';
import { after, before, test } from 'node:test';
import { checkScreen, checkShape, giveToken, narrow, openIn, picture, walk, wide } from './operator.mjs';
import { artifacts, startBrowser, startOperator } from './programs.mjs';

let browser;
let server;
const complaints = [];

before(async () => {
  await mkdir(artifacts, { recursive: true });
  [browser, server] = await Promise.all([startBrowser(), startOperator()]);
  await server.order('day');
  await server.order('bans');
});

after(async () => {
  await browser?.close();
  assert.equal(await server?.stop(), 0);
});

const begin = (locale, options) => openIn(locale, browser, server, complaints, options);

for (const [locale, name] of [['en', 'en'], ['zh-CN', 'zh']]) {
  for (const colorScheme of ['light', 'dark']) {
    test(`every screen, ${name}, ${colorScheme}`, async () => {
      const { page, say } = await begin(locale, { colorScheme });
      for (const viewport of [wide, narrow]) {
        await page.setViewportSize(viewport);
        await checkScreen(page, `login at ${viewport.width}`);
        await picture(page, `${name}-${colorScheme}-${viewport.width}-login`);
      }
      await giveToken(page, server, say.token, say.open);
      assert.equal(await page.evaluate(() => document.documentElement.lang), locale === 'en' ? 'en' : 'zh-CN');
      for (const viewport of [wide, narrow]) {
        await page.setViewportSize(viewport);
        await walk(page, say, async (screen) => {
          await checkScreen(page, `${screen} at ${viewport.width}`);
          await picture(page, `${name}-${colorScheme}-${viewport.width}-${screen}`);
        });
      }
      await page.context().close();
    });
  }
}

// Twice as large is half as wide to the page.
for (const viewport of [{ width: 600, height: 400 }, { width: 360, height: 400 }]) {
  test(`nothing is lost at ${viewport.width} by ${viewport.height}`, async () => {
    for (const locale of ['en', 'zh-CN']) {
      const { page, say } = await begin(locale, { viewport, deviceScaleFactor: 2 });
      await checkShape(page, 'login');
      await giveToken(page, server, say.token, say.open);
      await walk(page, say, async (screen) => {
        await checkShape(page, screen);
        await picture(page, `zoom-${locale}-${viewport.width}-${screen}`, !/take|dismiss|drain|new|end/.test(screen));
      });
      await page.context().close();
    }
  });
}

test('a finger has room', async () => {
  const { page, say } = await begin('en', { hasTouch: true, isMobile: true });
  await giveToken(page, server, say.token, say.open);
  await walk(page, say, (screen) => checkShape(page, screen, 44));
  await page.context().close();
});

test('nothing complained', () => assert.deepEqual(complaints, []));
