// Checks the rules of scrolling in a real browser, where sizes are real: node scripts/scroll.mjs
// 100,000 messages: what is read never moves when older messages come, few rows are mounted, the end is followed only from
// the end, an own message goes there, and a conversation opens where it was left.
import assert from 'node:assert/strict';
import process from 'node:process';
import { serve } from './served.mjs';

const { address, browser, close } = await serve();
const page = await browser.newPage({ viewport: { width: 1200, height: 800 } });
const errors = [];
page.on('pageerror', (error) => errors.push(error.message));
await page.goto(`${address}?fake=many&lang=en`);
await page.locator('[data-message]').first().waitFor();
await page.waitForTimeout(600);

const log = page.locator('[data-log]');
const distance = () => log.evaluate((view) => view.scrollHeight - view.scrollTop - view.clientHeight);
const mounted = () => page.locator('[data-message]').count();
/** Where the visible rows are: their ids and their tops. */
const tops = () =>
  log.evaluate((view) => {
    const frame = view.getBoundingClientRect();
    return Object.fromEntries(
      [...view.querySelectorAll('[data-message]')]
        .map((row) => [row.dataset.message, row.getBoundingClientRect()])
        .filter(([, box]) => box.bottom > frame.top && box.top < frame.bottom)
        .map(([id, box]) => [id, Math.round(box.top)]),
    );
  });
const settle = () => page.waitForTimeout(250);
const pages = () => page.evaluate(() => window.fake.calls.filter(([name]) => name.startsWith('page')).length);

async function wheel(by, times) {
  await log.hover();
  for (let turn = 0; turn < times; turn++) {
    await page.mouse.wheel(0, by);
    await page.waitForTimeout(30);
  }
  await settle();
}

async function check(name, rule) {
  await rule();
  process.stdout.write(`ok  ${name}\n`);
}

await check('opens at the end', async () => assert.ok((await distance()) <= 2));

await check('follows what arrives at the end', async () => {
  await page.evaluate(() => window.fake.arrive('jonas', 'a long message that arrives. '.repeat(30)));
  await settle();
  assert.ok((await distance()) <= 2);
});

await check('stays put above the end, and counts', async () => {
  await wheel(-400, 3);
  const before = await tops();
  await page.evaluate(() => {
    for (let count = 0; count < 5; count++) window.fake.arrive('jonas', `unseen ${count}`);
  });
  await settle();
  assert.deepEqual(await tops(), before);
  assert.match(await page.locator('button', { hasText: 'Latest' }).textContent(), /Latest/);
});

await check('never moves what is read while older messages come', async () => {
  let moved = 0;
  let loaded = 0;
  for (let turn = 0; turn < 40; turn++) {
    await wheel(-900, 2);
    const known = await pages();
    const before = await tops();
    await page.waitForTimeout(120);
    const after = await tops();
    loaded += (await pages()) - known;
    for (const [id, top] of Object.entries(after)) {
      if (before[id] !== undefined && Math.abs(before[id] - top) > 1) moved += 1;
    }
  }
  assert.equal(moved, 0);
  assert.ok((await pages()) > 5, `pages loaded: ${await pages()} (${loaded} while looking)`);
});

await check('mounts few rows', async () => assert.ok((await mounted()) < 80, `${await mounted()} rows`));

await check('holds its place exactly at the moment a page comes', async () => {
  const jump = await log.evaluate(async (view) => {
    let worst = 0;
    for (let turn = 0; turn < 30; turn++) {
      view.scrollTop -= 700;
      await new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));
      const frame = view.getBoundingClientRect();
      const row = [...view.querySelectorAll('[data-message]')].find(
        (one) => one.getBoundingClientRect().top > frame.top + 200,
      );
      const id = row?.dataset.message;
      const before = row?.getBoundingClientRect().top ?? 0;
      await new Promise((resolve) => setTimeout(resolve, 60));
      const same = [...view.querySelectorAll('[data-message]')].find((one) => one.dataset.message === id);
      if (same) worst = Math.max(worst, Math.abs(same.getBoundingClientRect().top - before));
    }
    return worst;
  });
  assert.ok(jump <= 1, `moved by ${jump} px`);
});

await check('opens at the first unread message', async () => {
  await page.locator('[data-row="ana"]').click();
  await settle();
  await page.locator('[data-row="jonas"]').click();
  await page.waitForTimeout(500);
  assert.match(await log.textContent(), /5 new messages/);
  assert.match(await log.textContent(), /unseen 0/);
});

await check('comes back where it was left', async () => {
  await wheel(900, 8);
  await page.waitForTimeout(600);
  await wheel(-700, 30);
  const before = await tops();
  await page.locator('[data-row="ana"]').click();
  await settle();
  await page.locator('[data-row="jonas"]').click();
  await page.waitForTimeout(500);
  const after = await tops();
  const shared = Object.keys(before).filter((id) => after[id] !== undefined);
  assert.ok(shared.length > 2, 'other messages are shown');
  for (const id of shared) assert.ok(Math.abs(before[id] - after[id]) <= 2, `${id}: ${before[id]} and ${after[id]}`);
});

await check('an own message goes to the end', async () => {
  await page.locator('[data-composer]').fill('mine');
  await page.keyboard.press('Enter');
  await page.waitForTimeout(500);
  assert.ok((await distance()) <= 2, `${await distance()} px from the end`);
  assert.match(await page.locator('[data-message]').last().textContent(), /mine/);
});

await check('a growing composer keeps the end in sight', async () => {
  await page.locator('[data-composer]').fill('one\ntwo\nthree\nfour\nfive');
  await settle();
  assert.ok((await distance()) <= 2);
  assert.equal(await log.evaluate((view) => view.scrollHeight > view.clientHeight), true);
});

await check('End goes to the latest from anywhere', async () => {
  await wheel(-900, 12);
  await log.focus();
  await page.keyboard.press('End');
  await page.waitForTimeout(400);
  assert.ok((await distance()) <= 2);
});

await check('arrows move through the messages, also through those that are not mounted', async () => {
  await log.focus();
  for (let turn = 0; turn < 40; turn++) {
    await page.keyboard.press('ArrowUp');
    await page.waitForTimeout(20);
  }
  assert.ok(await page.evaluate(() => document.activeElement?.hasAttribute('data-message')));
});

assert.deepEqual(errors, []);
await close();
