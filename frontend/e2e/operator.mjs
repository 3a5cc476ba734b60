// What the tests of the operator's page share: opening it, logging in, and looking whether it is well made.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { stillness } from '../scripts/settled.mjs';
import { violations } from './judge.mjs';
import { artifacts } from './programs.mjs';

export const wide = { width: 1200, height: 800 };
export const narrow = { width: 720, height: 800 };

/** Opens the page anew; what it complains about is kept in complaints. */
export async function openPage(browser, server, complaints, options = {}) {
  const context = await browser.newContext({ viewport: wide, locale: 'en', ...options });
  const opened = await context.newPage();
  opened.setDefaultTimeout(20_000);
  opened.on('console', (message) => {
    // A refused call is an answer that the browser logs by itself; so is a server that was stopped.
    const expected = /status of (4(00|01|03|04|29)|503)|ERR_CONNECTION|ERR_INCOMPLETE|ERR_EMPTY|ERR_SOCKET/;
    if (message.type() === 'error' && !expected.test(message.text())) complaints.push(message.text());
  });
  opened.on('pageerror', (error) => complaints.push(String(error)));
  await opened.goto(server.address);
  await opened.getByRole('heading', { level: 1 }).waitFor();
  return opened;
}

const words = {
  en: { token: 'Token', open: 'Open', day: '24 h', hour: '1 h', ban: 'Ban', whom: 'Whom', drain: /^Drain… sgp-1/, take: /^Take out… Chess/, dismiss: /^Dismiss… .*tc1/, end: /^End… .*bulk/ },
  zh: { token: '令牌', open: '打开', day: '24 小时', hour: '1 小时', ban: '封禁', whom: '对象', drain: /^排空… sgp-1/, take: /^移出… Chess/, dismiss: /^忽略… .*tc1/, end: /^结束… .*bulk/ },
};
/** Opens the page in a language, and tells its words. */
export async function openIn(locale, browser, server, complaints, options = {}) {
  const page = await openPage(browser, server, complaints, { locale, ...options });
  return { page, say: words[locale.slice(0, 2)] };
}

/** Logs in. */
export async function giveToken(at, server, label = 'Token', go = 'Open') {
  await at.getByLabel(label, { exact: true }).fill(server.token);
  await at.getByRole('button', { name: go, exact: true }).click();
  await at.locator('.live', { hasText: /every second|每秒更新/ }).waitFor();
}

/** Goes to a screen by its address, and waits for what comes from the server. */
export async function go(page, name) {
  await page.evaluate((hash) => {
    location.hash = hash;
  }, name);
  await page.locator(`nav [aria-current=page][href="#${name}"]`).waitFor();
  await page.waitForFunction(() => !/Loading|正在读取/.test(document.querySelector('main').textContent));
}

/** Every screen with its dialogs, and what each does when it is there. */
export async function walk(page, say, each) {
  await go(page, 'overview');
  await page.getByRole('button', { name: say.hour, exact: true }).click();
  await page.getByRole('button', { name: say.day, exact: true }).click();
  await page.getByRole('img').waitFor();
  await page.locator('tr', { hasText: 'sgp-1' }).waitFor();
  await each('overview');
  const asked = async (name, button) => {
    await button.click();
    await page.getByRole('dialog').waitFor();
    await each(name);
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
  };
  await go(page, 'nodes');
  await page.locator('tr', { hasText: 'sgp-1' }).waitFor();
  await each('nodes');
  await asked('drain', page.getByRole('button', { name: say.drain }));
  await go(page, 'directory');
  await page.getByText('Chess club').waitFor();
  await each('directory');
  await asked('take-out', page.getByRole('button', { name: say.take }));
  await asked('dismiss', page.getByRole('button', { name: say.dismiss }));
  await go(page, 'bans');
  await page.getByText('203.0.113.0/24').waitFor();
  await each('bans');
  await asked('end-ban', page.getByRole('button', { name: say.end }));
  await asked('new-ban', page.getByRole('button', { name: say.ban, exact: true }));
  await go(page, 'server');
  await each('server');
}

/** Keeps a picture, of all of the page when asked. */
export const picture = (at, name, fullPage = false) =>
  at.screenshot({ path: join(artifacts, `operator-${name}.png`), fullPage });

/** Nothing sticks out at the side, and everything that can be pressed has a name and room. */
export async function checkShape(at, name, smallest = 28) {
  await stillness(at);
  const wrong = await at.evaluate((least) => {
    const found = [];
    const root = document.documentElement;
    if (root.scrollWidth > root.clientWidth) found.push(`${root.scrollWidth} px wide in ${root.clientWidth}`);
    for (const one of document.querySelectorAll('button, a[href], input, select')) {
      const box = one.getBoundingClientRect();
      if (box.width === 0) continue;
      const label = one.getAttribute('aria-label') ?? one.labels?.[0]?.textContent ?? one.textContent;
      if (!label?.trim()) found.push(`no name: ${one.outerHTML}`);
      if (one.tagName === 'BUTTON' && box.height < least) found.push(`${box.height} px: ${label}`);
      if (!one.closest('.scroll') && (box.left < 0 || box.right > root.clientWidth)) found.push(`cut off: ${label}`);
      // Words that are cut cannot be read by whoever needs them large.
      if (one.tagName === 'BUTTON' && one.scrollWidth > one.clientWidth + 1) found.push(`does not fit: ${label}`);
    }
    const ids = [...document.querySelectorAll('[id]')].map((one) => one.id);
    for (const id of ids) if (ids.indexOf(id) !== ids.lastIndexOf(id)) found.push(`twice: ${id}`);
    for (const one of document.querySelectorAll('[aria-describedby], [aria-labelledby]')) {
      const all = `${one.getAttribute('aria-describedby') ?? ''} ${one.getAttribute('aria-labelledby') ?? ''}`;
      for (const id of all.split(' ').filter(Boolean)) if (!document.getElementById(id)) found.push(`names nothing: ${id}`);
    }
    if (document.querySelectorAll('h1').length !== 1 || document.querySelectorAll('main').length !== 1) found.push('not one h1 and one main');
    const bare = document.body.innerText.match(/\{\w+\}|\bundefined\b|\bNaN\b|\[object|\b(page|node|ban|report|listing|server|backup|reach|health|failed)\.[a-z]+\b/);
    if (bare) found.push(`not words: ${bare[0]}`);
    return found;
  }, smallest);
  assert.deepEqual(wrong, [], name);
}

/** The shape, and all of the rules of axe. */
export async function checkScreen(at, name) {
  await checkShape(at, name);
  assert.deepEqual(await violations(at), [], name);
}
