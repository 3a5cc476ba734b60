// How the operator's page is used: without movement, by keyboard, over a line that breaks, with a store that is silent, and its words.
import assert from 'node:assert/strict';
import { mkdir, readdir, readFile } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import { after, before, test } from 'node:test';
import { checkScreen, giveToken, go, openIn, openPage, picture, walk } from './operator.mjs';
import { artifacts, startBrowser, startOperator } from './programs.mjs';

const folder = new URL('../../backend/rendezvous/operator/', import.meta.url);
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

test('nothing moves for whoever wants that', async () => {
  const { page, say } = await begin('en', { reducedMotion: 'reduce' });
  await giveToken(page, server, say.token, say.open);
  await walk(page, say, async (screen) => {
    const moving = await page.evaluate(() => document.getAnimations().map((one) => one.effect.target.className));
    assert.deepEqual(moving, [], screen);
  });
  await page.context().close();
});

test('by keyboard alone: the focus is seen everywhere, dialogs keep it', async () => {
  const { page, say } = await begin('en');
  await giveToken(page, server, say.token, say.open);
  const seen = () =>
    page.evaluate(() => {
      const one = document.activeElement;
      if (!one || one === document.body) return '';
      const style = getComputedStyle(one);
      const box = one.getBoundingClientRect();
      const shown = style.outlineStyle === 'solid' && Number.parseFloat(style.outlineWidth) >= 2 && box.width > 0 && box.bottom > 0;
      return `${shown ? '' : 'NOT SEEN '}${one.getAttribute('aria-label') ?? one.textContent}`;
    });
  for (const name of ['overview', 'nodes', 'directory', 'bans', 'server']) {
    await go(page, name);
    const passed = [];
    // The heading has the focus after a change of screens; the bar is before it.
    for (const key of ['Tab', 'Shift+Tab']) {
      await page.locator('h1').focus();
      for (let steps = 0; steps < 40; steps += 1) {
        await page.keyboard.press(key);
        const at = await seen();
        if (at === '') break;
        passed.push(at);
      }
    }
    assert.deepEqual(passed.filter((one) => one.startsWith('NOT SEEN')), [], name);
    for (const link of ['Skip to the page', 'Overview', 'Server', '用中文显示']) assert.ok(passed.includes(link), `${name}: ${link} in ${passed}`);
    const buttons = await page.locator('main button, main a, main input').count();
    assert.ok(new Set(passed).size >= buttons, `${name}: ${buttons} in ${passed}`);
  }
  // The first stop leads past the bar.
  await page.reload();
  await page.getByRole('heading', { level: 1 }).waitFor();
  await page.keyboard.press('Tab');
  assert.equal(await seen(), 'Skip to the page');
  await picture(page, 'focus-skip');
  await page.keyboard.press('Enter');
  assert.equal(await page.evaluate(() => document.activeElement.tagName), 'H1');
  await go(page, 'bans');
  const add = page.getByRole('button', { name: 'Ban', exact: true });
  await add.focus();
  await page.keyboard.press('Enter');
  await page.getByRole('dialog').waitFor();
  for (let steps = 0; steps < 14; steps += 1) {
    await page.keyboard.press(steps < 7 ? 'Tab' : 'Shift+Tab');
    // Past the last one is the browser itself, and then the first one again.
    assert.ok(await page.evaluate(() => document.activeElement === document.body || document.activeElement.closest('dialog')), 'in the dialog');
  }
  await page.keyboard.press('Escape');
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  // The browser tells the page after the dialog is gone, and the page leads the focus.
  await page.waitForFunction((one) => one === document.activeElement, await add.elementHandle());
  await page.context().close();
});

test('a line that broke is said, and comes back without a login', async () => {
  const { host, port } = /http:\/\/(?<host>[\d.]+):(?<port>\d+)/.exec(server.address).groups;
  const open = new Set();
  const between = createServer((socket) => {
    const on = connect(Number(port), host);
    for (const [one, other] of [[socket, on], [on, socket]]) {
      open.add(one);
      one.on('error', () => other.destroy()).on('close', () => open.delete(one) && other.destroy());
    }
    socket.pipe(on).pipe(socket);
  });
  const listen = (at) => new Promise((resolve) => between.listen(at, '127.0.0.1', resolve));
  const cut = () => {
    const closed = new Promise((resolve) => between.close(resolve));
    for (const one of open) one.destroy();
    return closed;
  };
  await listen(0);
  const address = between.address();
  const page = await openPage(browser, { address: `http://127.0.0.1:${address.port}` }, complaints);
  await giveToken(page, server);
  await cut();
  await page.getByText(/^Not updated since \d\d:\d\d$/).waitFor();
  await page.getByText('What is shown here is old').waitFor();
  await checkScreen(page, 'a broken line');
  await picture(page, 'not-live');
  await listen(address.port);
  await page.getByText('Live, every second').waitFor();
  await page.getByText('What is shown here is old').waitFor({ state: 'detached' });
  await page.context().close();
  await cut();
});

test('a store that is silent gets a sentence on every screen, and a new server has nothing to show', async () => {
  for (const locale of ['en', 'zh-CN']) {
    const { page, say } = await begin(locale);
    const english = locale === 'en';
    await giveToken(page, server, say.token, say.open);
    await server.order('problem');
    await page.getByRole('alert').getByText(english ? 'The disk is nearly full' : '磁盘快满了').waitFor();
    await server.order('well');
    await server.order('silent');
    await page.locator('.chip.bad').waitFor();
    await page.getByRole('alert').getByText(english ? 'does not answer its own questions' : '服务器不回答自己的询问').waitFor();
    await picture(page, `silent-${locale}`);
    for (const name of ['directory', 'bans']) {
      await go(page, name);
      if (name === 'bans') await page.getByRole('alert').getByText(english ? 'The store does not answer now.' : '存储暂时没有回应').waitFor();
      await checkScreen(page, `${name} without a store`);
    }
    await picture(page, `silent-bans-${locale}`);
    await server.order('empty');
    await page.locator('.chip.ok').waitFor();
    for (const name of ['overview', 'nodes', 'directory', 'bans', 'server']) {
      await go(page, name);
      await checkScreen(page, `${name} with nothing`);
      await picture(page, `empty-${locale}-${name}`);
    }
    await go(page, 'overview');
    for (const text of english
      ? ['Nobody was refused.', 'No mail waits.', 'No bans yet', 'There is nothing to draw yet.', 'No node answers.']
      : ['没有拒绝过任何人。', '没有等待的邮件。', '还没有封禁', '还没有可绘制的数据', '没有节点回应。'])
      await page.getByText(text).waitFor();
    await server.order('full');
    await server.order('day');
    await server.order('bans');
    await page.context().close();
  }
});

test('both languages have all words, and Chinese those of every refusal', async () => {
  const { en } = await import(new URL('page/words-en.js', folder));
  const { zh } = await import(new URL('page/words-zh.js', folder));
  const plain = (table) => Object.keys(table).filter((key) => !key.startsWith('refused.ban') && !key.endsWith('.one')).sort();
  const sentences = /^refused\.(reason-long|list-changed|query-long|id|backup-nothing)$|^health\.(store-unavailable|nodes-missing|disk-low|bans-loading|directory-loading)$/; // the server says them in English
  assert.deepEqual(plain(zh).filter((key) => !sentences.test(key)), plain(en));
  const values = (text) => (text.match(/\{\w+\}/g) ?? []).sort().join();
  for (const key of Object.keys(en)) if (key in zh) assert.equal(values(zh[key]), values(en[key]), key);
  const codes = new Set();
  for (const name of await readdir(folder)) {
    if (!name.endsWith('.go') || name.endsWith('_test.go')) continue;
    const text = await readFile(new URL(name, folder), 'utf8');
    for (const [, code] of text.matchAll(/refuse\("([a-z-]+)"/g)) codes.add(code);
  }
  assert.ok(codes.size > 10);
  for (const code of codes) assert.ok(zh[`refused.${code}`], code);
});

test('nothing complained', () => assert.deepEqual(complaints, []));
