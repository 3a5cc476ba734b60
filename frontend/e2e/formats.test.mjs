// Formatted messages on the shipped interface, and several of them at a time: all of it with the keyboard alone.
import assert from 'node:assert/strict';
import { mkdir } from 'node:fs/promises';
import { after, before, test } from 'node:test';
import { judge, judgeAll, wellMade } from './judge.mjs';
import { composer, introduce, openNamed, write } from './people.mjs';
import { artifacts, call, startBrowser, startServer } from './programs.mjs';

const people = {};
let browser;
let server;
let conversation;

before(async () => {
  await mkdir(artifacts, { recursive: true });
  [browser, server] = await Promise.all([startBrowser(), startServer('--host', '127.0.0.1')]);
  people.Ana = await openNamed(browser, server, 'Ana');
  people.Ben = await openNamed(browser, server, 'Ben', { size: { width: 720, height: 700 } });
  await introduce(people.Ana.page, people.Ben.page, 'Hello Ana, it is Ben');
  conversation = (await call(people.Ana.page, 'Start')).conversations[0].id;
});

after(async () => {
  await browser?.close();
  for (const { device } of Object.values(people)) await device.stop();
  await server?.stop();
});

const value = (page) => composer(page).inputValue();
const count = (page) => page.locator('[data-selection] [role=status]').textContent();
/** Waits until the message that has the focus says this. */
const focusOn = (page, words) =>
  page.waitForFunction(
    (wanted) => document.activeElement?.matches('article') && document.activeElement.getAttribute('aria-label').includes(wanted),
    words,
  );
const counted = (page, words) =>
  page.waitForFunction((wanted) => document.querySelector('[data-selection] [role=status]')?.textContent === wanted, words);

async function mark(page, words) {
  await composer(page).evaluate((field, wanted) => {
    const at = field.value.indexOf(wanted);
    field.focus();
    field.setSelectionRange(at, at + wanted.length);
  }, words);
}

test('keys put formats on what is marked, undo takes them back, and both see them drawn', async () => {
  const { page: ana } = people.Ana;
  const { page: ben } = people.Ben;
  await composer(ana).fill('The ferry leaves at nine, run make');
  await mark(ana, 'ferry');
  await ana.keyboard.press('Control+b');
  assert.equal(await value(ana), 'The **ferry** leaves at nine, run make');
  await ana.keyboard.press('Control+z');
  assert.equal(await value(ana), 'The ferry leaves at nine, run make');
  await mark(ana, 'ferry');
  await ana.keyboard.press('Control+b');
  await mark(ana, 'nine');
  await ana.keyboard.press('Control+i');
  await mark(ana, 'make');
  await ana.keyboard.press('Control+e');
  assert.equal(await value(ana), 'The **ferry** leaves at *nine*, run `make`');
  // Where nothing is marked the keys do what they do elsewhere.
  await ana.keyboard.press('End');
  await ana.keyboard.press('Control+i');
  await ana.locator('[data-pane="details"]').waitFor();
  await ana.keyboard.press('Control+i');
  await ana.locator('[data-pane="details"]').waitFor({ state: 'detached' });
  await ana.keyboard.press('Enter');
  for (const page of [ana, ben]) {
    const text = page.locator('article [data-text]').filter({ hasText: 'leaves at nine' });
    await text.waitFor();
    assert.equal(await text.locator('strong').textContent(), 'ferry');
    assert.equal(await text.locator('em').textContent(), 'nine');
    assert.equal(await text.locator('code').textContent(), 'make');
    await page.locator('[data-row]').getByText('The ferry leaves at nine, run make').waitFor({ state: 'attached' }); // narrow, it is not seen
  }
  const { messages } = await call(ben, 'PageLast', conversation, 1);
  assert.equal(messages[0].text, 'The **ferry** leaves at *nine*, run `make`');
});

test('what is pasted is plain', async () => {
  const { page: ana } = people.Ana;
  await ana.context().grantPermissions(['clipboard-read', 'clipboard-write']);
  await composer(ana).focus();
  await ana.evaluate(async () => {
    const of = (type, text) => ({ [type]: new Blob([text], { type }) });
    await navigator.clipboard.write([
      new ClipboardItem({ ...of('text/html', '<b>bold</b> <img src="x">'), ...of('text/plain', 'bold') }),
    ]);
  });
  await ana.keyboard.press('Control+v');
  assert.equal(await value(ana), 'bold');
  await composer(ana).fill('');
});

test('blocks are drawn, and well made in both themes and languages', async () => {
  const { page: ana } = people.Ana;
  const { page: ben } = people.Ben;
  const text = '> quoted\n> > within\n\n- one\n  - **two**\n1. three\n\n```go\nx := 1 * 2\n```\nhttps://a.example/';
  await call(ben, 'SendText', conversation, text);
  const shown = ana.locator('article [data-text]').filter({ hasText: 'quoted' });
  await shown.waitFor();
  assert.equal(await shown.locator('blockquote blockquote').textContent(), 'within');
  assert.equal(await shown.locator('li').count(), 3);
  assert.equal(await shown.locator('pre code').textContent(), 'x := 1 * 2');
  assert.equal(await shown.locator('a').getAttribute('href'), 'https://a.example/');
  await judgeAll(ana, 'formats');
});

test('messages are selected, counted, copied and removed', async () => {
  const { page: ana } = people.Ana;
  const { page: ben } = people.Ben;
  for (const text of ['First *of* many', 'Second\nof two lines', 'Third', 'Fourth']) {
    await call(text === 'Third' ? ben : ana, 'SendText', conversation, text);
    await ana.locator('article').filter({ hasText: text.split('\n')[0].replaceAll('*', '') }).waitFor();
  }
  await ana.locator('[data-log]').focus();
  await ana.keyboard.press('ArrowUp');
  await focusOn(ana, 'Fourth');
  await ana.keyboard.press('ArrowUp');
  await focusOn(ana, 'Third');
  // From a message, with Shift and the arrows.
  await ana.keyboard.press('Shift+ArrowUp');
  await focusOn(ana, 'Second');
  await ana.keyboard.press('Shift+ArrowUp');
  await focusOn(ana, 'First');
  await counted(ana, '3 messages selected');
  assert.equal(await composer(ana).count(), 0);
  await ana.keyboard.press('Shift+ArrowDown');
  await focusOn(ana, 'Second');
  await counted(ana, '2 messages selected');
  await ana.keyboard.press('ArrowUp');
  await focusOn(ana, 'First');
  await ana.keyboard.press('Space');
  await counted(ana, '3 messages selected');
  await judgeAll(ana, 'selecting');
  await ana.keyboard.press('Control+c');
  await ana.locator('[data-selection]').waitFor({ state: 'detached' });
  const copied = await ana.evaluate(() => navigator.clipboard.readText());
  assert.match(
    copied,
    /^\[\d{4}-\d\d-\d\d \d\d:\d\d\] Ana: First \*of\* many\n\[[^\]]+\] Ana: Second\nof two lines\n\[[^\]]+\] Ben: Third$/,
  );
  // The focus is where it was, so that it begins again from there.
  await focusOn(ana, 'First');
  await ana.keyboard.press('s');
  await counted(ana, '1 message selected');
  await ana.keyboard.press('Escape');
  await composer(ana).waitFor();
  await ana.keyboard.press('s');
  await ana.keyboard.press('Shift+ArrowDown');
  await counted(ana, '2 messages selected');
  await ana.keyboard.press('Delete');
  const dialog = ana.getByRole('alertdialog', { name: 'Remove 2 messages from this computer?' });
  await dialog.waitFor();
  await judge(ana, 'remove-selected');
  // The safe button has the focus.
  await ana.keyboard.press('Enter');
  await dialog.waitFor({ state: 'detached' });
  await focusOn(ana, 'Second');
  await counted(ana, '2 messages selected');
  await ana.keyboard.press('Delete');
  await dialog.getByRole('button', { name: 'Remove', exact: true }).press('Enter');
  await dialog.waitFor({ state: 'detached' });
  await ana.locator('article').filter({ hasText: 'First' }).waitFor({ state: 'detached' });
  assert.equal(await ana.locator('article').filter({ hasText: 'Second' }).count(), 0);
  await ana.waitForFunction(() => document.activeElement?.matches('article, [data-composer], [data-log]'));
  assert.equal(await ben.locator('article').filter({ hasText: 'Second' }).count(), 1);
});

test('what is selected stays so while the list moves far away', async () => {
  const { page: ana } = people.Ana;
  for (let turn = 1; turn <= 120; turn += 1) await call(ana, 'SendText', conversation, `Small talk ${turn}`);
  await ana.locator('article').filter({ hasText: 'Small talk 120' }).waitFor();
  await ana.locator('article').filter({ hasText: 'Small talk 120' }).click({ modifiers: ['ControlOrMeta'] });
  await counted(ana, '1 message selected');
  await ana.mouse.move(600, 400);
  await ana.waitForFunction(() => {
    const log = document.querySelector('[data-log]');
    log.scrollTop -= 2000;
    return ![...document.querySelectorAll('article')].some((one) => one.textContent.includes('Small talk 120')) || log.scrollTop === 0;
  });
  const words = await ana.evaluate(() => {
    const { top } = document.querySelector('[data-log]').getBoundingClientRect();
    const seen = (one) => one.getBoundingClientRect().top > top + 60 && /^Small talk \d+$/.test(one.textContent);
    return [...document.querySelectorAll('article [data-text]')].find(seen).textContent;
  });
  const row = ana.locator('article').filter({ has: ana.locator('[data-text]').getByText(words, { exact: true }) });
  // A press anywhere on its row; nothing in the row answers by itself.
  await row.locator('xpath=../..').click({ modifiers: ['Shift'] });
  const between = 121 - Number(words.replace('Small talk ', ''));
  await counted(ana, `${between} messages selected`);
  assert.equal(await row.evaluate((one) => document.activeElement === one), true);
  assert.equal(await ana.evaluate(() => getSelection()?.isCollapsed), true);
  await ana.keyboard.press('Control+a');
  await ana.waitForFunction((least) => Number.parseInt(document.querySelector('[data-selection] [role=status]').textContent, 10) > least, between);
  assert.match(await count(ana), /^\d+ messages selected$/);
  await ana.keyboard.press('Escape');
  await composer(ana).waitFor();
});

test('formats can be switched off', async () => {
  const { page: ana } = people.Ana;
  const { settings } = await call(ana, 'Start');
  await write(ana, 'At the end of the list');
  await call(ana, 'SendText', conversation, 'shown **both** ways');
  const text = ana.locator('article [data-text]').filter({ hasText: /^shown/ });
  await text.locator('strong').waitFor();
  await call(ana, 'SaveSettings', { ...settings, asWritten: true });
  await ana.locator('article [data-text]').getByText('shown **both** ways').waitFor();
  assert.equal((await call(ana, 'Start')).settings.asWritten, true);
  await call(ana, 'SaveSettings', settings);
  await text.locator('strong').waitFor();
});

test('every screen that was judged is well made, and no page complained', () => {
  wellMade();
  for (const [name, { complaints }] of Object.entries(people)) assert.deepEqual(complaints, [], name);
});
