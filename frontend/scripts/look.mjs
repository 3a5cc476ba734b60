// Takes pictures of every scene of the fake backend: node scripts/look.mjs FOLDER [part of a name]
// Builds the interface once with the fake inside, serves it with the content security policy of the product, and looks at it
// in Chromium: themes, widths, languages. Says what the page logged as an error.

import { Buffer } from 'node:buffer';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import process from 'node:process';
import { chromium } from 'playwright-core';
import { build, preview } from 'vite';
import { verifyPictures } from './look-verify.mjs';

const folder = process.argv[2];
const only = process.argv[3] ?? '';
if (!folder) {
  process.stderr.write('Usage: node scripts/look.mjs FOLDER [part of a name]\n');
  process.exit(2);
}

// One for each run, so that two may look at the same time.
const outDir = `.cache/look-${process.pid}`;
const wide = { width: 1200, height: 800 };
const medium = { width: 960, height: 800 };
const narrow = { width: 720, height: 800 };

/** A picture: its scene, what to press or type first, and where it is taken. */
const scenes = [
  { name: 'main', sizes: [wide, medium, narrow], details: true, languages: ['en', 'zh-CN'] },
  { name: 'main', as: 'plain', sizes: [wide, medium, narrow], languages: ['en', 'zh-CN'] },
  { name: 'none', sizes: [wide], languages: ['en', 'zh-CN'] },
  { name: 'relay', sizes: [wide, narrow] },
  { name: 'unread', sizes: [wide] },
  { name: 'waiting', sizes: [wide, narrow], languages: ['en', 'zh-CN'] },
  { name: 'connecting', sizes: [wide] },
  { name: 'lan', sizes: [wide] },
  { name: 'ready', sizes: [wide] },
  { name: 'offline', sizes: [wide], rest: 3600 },
  { name: 'away', sizes: [wide], rest: 3600, languages: ['en', 'zh-CN'] },
  { name: 'banned', sizes: [wide], details: true },
  { name: 'asked', sizes: [wide], details: true },
  { name: 'long', sizes: [wide, narrow] },
  { name: 'many', sizes: [wide], steps: scrollUp },
  { name: 'empty', sizes: [wide], languages: ['en', 'zh-CN'] },
  { name: 'invited', sizes: [wide, narrow], languages: ['en', 'zh-CN'] },
  { name: 'problem', sizes: [wide] },
  { name: 'clock', sizes: [wide] },
  { name: 'loading', sizes: [wide], rest: 2200 },
  { name: 'failed', sizes: [wide] },
  { name: 'main', as: 'compact', query: 'compact', sizes: [wide] },
  { name: 'main', as: 'focus', sizes: [wide], steps: tabToRow },
  { name: 'main', as: 'written', sizes: [wide], steps: writeLines },
  { name: 'main', as: 'too-long', sizes: [wide], steps: writeTooMuch },
  { name: 'found', as: 'results', sizes: [wide, medium, narrow], steps: find('ferry'), languages: ['en', 'zh-CN'] },
  { name: 'found', as: 'chinese', sizes: [wide], steps: find('渡轮') },
  { name: 'found', as: 'arrows', sizes: [wide], steps: findByArrows },
  { name: 'found', as: 'opened', sizes: [wide, narrow], steps: openFound, languages: ['en', 'zh-CN'] },
  { name: 'found', as: 'back', sizes: [wide], steps: backToFound },
  { name: 'found', as: 'gone', sizes: [wide, narrow], steps: openGone, languages: ['en', 'zh-CN'] },
  { name: 'found', as: 'here', sizes: [wide, narrow], steps: findHere, languages: ['en', 'zh-CN'] },
  { name: 'found', as: 'hint', sizes: [wide, narrow], steps: find(''), languages: ['en', 'zh-CN'] },
  { name: 'found', as: 'none', sizes: [wide, narrow], steps: find('fery'), languages: ['en', 'zh-CN'] },
  { name: 'found', as: 'failed', sizes: [wide], steps: findInVain, languages: ['en', 'zh-CN'] },
  { name: 'found', as: 'slow', sizes: [wide], steps: findSlowly },
  { name: 'relay', as: 'found-many', sizes: [wide, narrow], steps: findMany },
  { name: 'indexing', sizes: [wide, narrow], steps: find('ferry'), languages: ['en', 'zh-CN'] },
  { name: 'main', as: 'ban', sizes: [wide], details: true, steps: askBan, languages: ['en', 'zh-CN'] },
  { name: 'waiting', as: 'delivery', sizes: [wide, narrow], steps: showDelivery, languages: ['en', 'zh-CN'] },
  { name: 'main', as: 'delivery', sizes: [wide], steps: showDelivery },
  { name: 'waiting', as: 'cancelled', sizes: [wide, narrow], steps: cancelMessage, languages: ['en', 'zh-CN'] },
  { name: 'waiting', as: 'saved', sizes: [wide, narrow], steps: saveFile, languages: ['en', 'zh-CN'] },
  { name: 'main', as: 'file', sizes: [wide, narrow], details: true, steps: byFile, languages: ['en', 'zh-CN'] },
  { name: 'relay', as: 'link', sizes: [wide], steps: askLink },
  { name: 'relay', as: 'hover', sizes: [wide], steps: hoverMessage },
  // What a person does with a message.
  { name: 'answers', sizes: [wide, narrow], languages: ['en', 'zh-CN'] },
  { name: 'answers', as: 'details', sizes: [wide], details: true },
  { name: 'answers', as: 'tools', sizes: [wide, narrow], steps: toolsOfMine, languages: ['en', 'zh-CN'] },
  { name: 'answers', as: 'tools-theirs', sizes: [wide, narrow], steps: toolsOfTheirs },
  { name: 'answers', as: 'keys', sizes: [wide], steps: tabToTools },
  { name: 'answers', as: 'react', sizes: [wide, narrow], steps: pickEmoji, languages: ['en', 'zh-CN'] },
  { name: 'answers', as: 'react-refused', sizes: [wide], steps: pickNoEmoji, languages: ['en', 'zh-CN'] },
  { name: 'answers', as: 'menu', sizes: [wide, narrow], steps: openMenu, languages: ['en', 'zh-CN'] },
  { name: 'answers', as: 'reply', sizes: [wide, narrow], steps: reply, languages: ['en', 'zh-CN'] },
  { name: 'answers', as: 'reply-gone', sizes: [wide, narrow], steps: replyToGone, languages: ['en', 'zh-CN'] },
  { name: 'answers', as: 'edit', sizes: [wide, narrow], steps: editLast, languages: ['en', 'zh-CN'] },
  { name: 'answers', as: 'delete', sizes: [wide, narrow], steps: askDelete, languages: ['en', 'zh-CN'] },
  { name: 'answers', as: 'remove', sizes: [wide, narrow], steps: askRemove, languages: ['en', 'zh-CN'] },
  { name: 'waiting', as: 'delete', sizes: [wide], steps: askDelete, languages: ['en', 'zh-CN'] },
  { name: 'deleted', sizes: [wide, narrow], languages: ['en', 'zh-CN'] },
  { name: 'late', sizes: [wide, narrow], languages: ['en', 'zh-CN'] },
  { name: 'relay', as: 'way', sizes: [wide, narrow], steps: followQuote, languages: ['en', 'zh-CN'] },
  { name: 'requests', sizes: [wide, narrow], steps: openRequests, languages: ['en', 'zh-CN'] },
  { name: 'requests', as: 'ban', sizes: [wide], steps: banRequest },
  { name: 'requests', as: 'none', sizes: [wide], steps: noRequests },
  { name: 'handles', as: 'settings', sizes: [wide, narrow], steps: openSettings, languages: ['en', 'zh-CN'] },
  { name: 'handles', as: 'release', sizes: [wide], steps: releaseHandle, languages: ['en', 'zh-CN'] },
  { name: 'handles', as: 'details', sizes: [wide], details: true },
  { name: 'handles', as: 'request', sizes: [wide, narrow], steps: openRequests, languages: ['en', 'zh-CN'] },
  {
    name: 'handles',
    as: 'lookup',
    sizes: [wide, narrow],
    steps: lookUp('Elif@lines.example.net'),
    languages: ['en', 'zh-CN'],
  },
  { name: 'handles', as: 'contact', sizes: [wide], steps: lookUp('ana@lines.example.net') },
  {
    name: 'handles',
    as: 'elsewhere',
    sizes: [wide, narrow],
    steps: lookUp('jona@tin.example.org'),
    languages: ['en', 'zh-CN'],
  },
  { name: 'unnamed', as: 'settings', sizes: [wide, narrow], steps: openSettings, languages: ['en', 'zh-CN'] },
  { name: 'unnamed', as: 'taken', sizes: [wide], steps: takeHandle },
  { name: 'handleless', as: 'settings', sizes: [wide], steps: openSettings, languages: ['en', 'zh-CN'] },
  { name: 'main', as: 'settings', sizes: [wide, narrow], steps: (page) => page.keyboard.press('Control+,') },
  { name: 'main', as: 'bans', sizes: [wide, narrow], steps: showBans, languages: ['en', 'zh-CN'] },
  { name: 'main', as: 'bans-domain', sizes: [wide, narrow], steps: banDomain, languages: ['en', 'zh-CN'] },
  { name: 'main', as: 'bans-link', sizes: [wide], steps: banLink, languages: ['en', 'zh-CN'] },
  { name: 'main', as: 'bans-import', sizes: [wide, narrow], steps: importBans, languages: ['en', 'zh-CN'] },
  { name: 'main', as: 'bans-edit', sizes: [wide], steps: editBan, languages: ['en', 'zh-CN'] },
  { name: 'main', as: 'add-contact', sizes: [wide, narrow], steps: addContact, languages: ['en', 'zh-CN'] },
  { name: 'main', as: 'links', sizes: [wide], steps: manageLinks },
  { name: 'main', as: 'pasted', sizes: [wide, narrow], steps: pasteLink, languages: ['en', 'zh-CN'] },
  { name: 'main', as: 'expired', sizes: [wide], steps: pasteExpired, languages: ['en', 'zh-CN'] },
  { name: 'empty', as: 'add-contact', sizes: [wide], steps: addContact },
  { name: 'vanish', sizes: [wide, narrow], details: true, languages: ['en', 'zh-CN'] },
  { name: 'vanish', as: 'plain', sizes: [narrow], languages: ['en', 'zh-CN'] },
  { name: 'pictures', sizes: [wide, narrow], details: true, languages: ['en', 'zh-CN'] },
  { name: 'main', as: 'network', sizes: [wide, narrow], steps: showNetwork, languages: ['en', 'zh-CN'] },
  { name: 'pictures', as: 'profile', sizes: [wide, narrow], steps: showSettings, languages: ['en', 'zh-CN'] },
  { name: 'pictures', as: 'about-long', sizes: [wide], steps: writeLongAbout },
  { name: 'noticed', sizes: [wide, narrow], languages: ['en', 'zh-CN'] },
  { name: 'forked', sizes: [wide, narrow], languages: ['en', 'zh-CN'] },
  { name: 'gap', sizes: [wide], languages: ['en', 'zh-CN'] },
  { name: 'copied', sizes: [wide, narrow], languages: ['en', 'zh-CN'] },
  { name: 'locked', sizes: [wide, narrow], languages: ['en', 'zh-CN'] },
  { name: 'locked', as: 'wrong', sizes: [wide], steps: unlockInVain, languages: ['en', 'zh-CN'] },
  { name: 'keyring-gone', sizes: [wide, narrow], languages: ['en', 'zh-CN'] },
  { name: 'protected', as: 'storage', sizes: [wide, narrow], steps: showStorage, languages: ['en', 'zh-CN'] },
  { name: 'main', as: 'storage', sizes: [wide], steps: showStorage },
  { name: 'protected', as: 'backup', sizes: [wide, narrow], steps: makeBackup, languages: ['en', 'zh-CN'] },
  { name: 'protected', as: 'protection', sizes: [wide, narrow], steps: changeProtection, languages: ['en', 'zh-CN'] },
  { name: 'damaged', sizes: [wide, narrow], languages: ['en', 'zh-CN'] },
  { name: 'damaged', as: 'repair', sizes: [wide, narrow], steps: askRepair, languages: ['en', 'zh-CN'] },
  { name: 'damaged', as: 'repairing', sizes: [wide, narrow], steps: repairSlowly, languages: ['en', 'zh-CN'] },
  { name: 'damaged', as: 'repair-failed', sizes: [wide, narrow], steps: repairInVain, languages: ['en', 'zh-CN'] },
  { name: 'damaged', as: 'repair-done', sizes: [wide, narrow], steps: repairWell, languages: ['en', 'zh-CN'] },
  { name: 'salvaged', sizes: [wide, narrow], languages: ['en', 'zh-CN'] },
  { name: 'first', sizes: [wide, narrow], languages: ['en', 'zh-CN'] },
  { name: 'first', as: 'restore', sizes: [wide, narrow], steps: restoreInVain, languages: ['en', 'zh-CN'] },
  { name: 'first', as: 'creating', sizes: [wide], steps: createSlowly },
  { name: 'first', as: 'error', sizes: [wide], steps: createInVain },
  ...verifyPictures,
];

async function showNetwork(page) {
  await page.keyboard.press('Control+,');
  await page.keyboard.press('Tab');
  await page.locator('nav[data-pane="pages"] button').nth(2).click();
}

async function askRepair(page) {
  await page.getByRole('button', { name: /Repair…|修复…/ }).click();
}

async function repairSlowly(page) {
  await askRepair(page);
  await page.keyboard.press('Enter');
  await page.evaluate(() => window.fake.emit({ repair: { running: true, saved: 4608, of: 12_480 } }));
}

async function repairInVain(page) {
  await repairSlowly(page);
  const error = { code: 'repair-room', message: '', params: {} };
  await page.evaluate((why) => window.fake.emit({ repair: { running: false, saved: 0, of: 0, error: why } }), error);
}

async function repairWell(page) {
  await repairSlowly(page);
  await page.evaluate(() => {
    const params = { what: 'short', entries: '12431', all: '12480', file: 'tincan-damaged-20261121-104500.db' };
    const notice = { id: 'salvaged', code: 'salvaged', message: '', params };
    window.fake.emit({ notice, problem: { code: '', message: '', params: {} } });
  });
}

async function showSettings(page) {
  await page.keyboard.press('Control+,');
}

async function unlockInVain(page) {
  await page.locator('input[type="password"]').fill('correct horse');
  await page.locator('button[type="submit"]').click();
}

async function showStorage(page) {
  await showSettings(page);
  await page.locator('nav button').nth(4).click();
}

async function makeBackup(page) {
  await showStorage(page);
  await page.locator('main button').first().click();
  await page.locator('input[type="password"]').first().fill('six words');
}

async function changeProtection(page) {
  await showStorage(page);
  await page.locator('main button').nth(1).click();
}

async function restoreInVain(page) {
  await page.locator('form button').last().click();
  await page.locator('input[type="file"]').setInputFiles({
    name: 'tincan-Mira-2026-11-19.tincan-backup',
    mimeType: 'application/octet-stream',
    buffer: Buffer.alloc(700_000, 1),
  });
  await page.locator('input[type="password"]').fill('five words that do not');
  await page.locator('button[type="submit"]').click();
}

async function writeLongAbout(page) {
  await showSettings(page);
  await page.locator('form input[type="text"]').nth(1).fill('Harbour, maps, thermos. '.repeat(7));
}

async function openRequests(page) {
  await page.locator('aside nav > button').first().click();
}

async function showBans(page) {
  await page.locator('[data-log]').waitFor();
  await page.keyboard.press('Control+,');
  await page.getByRole('button', { name: /^(Ban list|封禁名单)$/ }).click();
  await page.locator('[data-ban]').first().waitFor();
}

async function banDomain(page) {
  await showBans(page);
  await page.locator('form input').first().fill('mail.*.example.net');
  await page.waitForTimeout(800);
}

async function banLink(page) {
  await showBans(page);
  await page.locator('form select').first().selectOption('invite');
  await page.waitForTimeout(800);
}

async function importBans(page) {
  await showBans(page);
  await page
    .locator('main button, button')
    .filter({ hasText: /^(Import|导入)$/ })
    .click();
  const list = ['*.ads.example.net # ads', '198.51.100.0/33', 'mail.*.example.net # a star', '198.51.100.77', '*'];
  await page.locator('input[type="file"]').setInputFiles({
    name: 'old.txt',
    mimeType: 'text/plain',
    buffer: Buffer.from(list.join('\n')),
  });
  await page.locator('ol li').first().waitFor();
}

async function editBan(page) {
  await showBans(page);
  await page.locator('[data-ban]').nth(1).locator('button').click();
  await page.locator('[role="menuitem"]').first().click();
  await page.locator('[role="dialog"]').waitFor();
}

async function banRequest(page) {
  await openRequests(page);
  await page.getByRole('button', { name: 'Ban…' }).click();
}

async function noRequests(page) {
  await openRequests(page);
  await page.evaluate(() => window.fake.emit({ removedRequests: ['request-1', 'request-2'] }));
}

async function addContact(page) {
  await page.keyboard.press('Control+n');
}

async function openSettings(page) {
  await page.keyboard.press('Control+,');
  await page.locator('[data-reach]').scrollIntoViewIfNeeded();
}

async function releaseHandle(page) {
  await openSettings(page);
  await page
    .getByRole('button', { name: /^(Release|放弃)$/ })
    .first()
    .click();
}

async function takeHandle(page) {
  await openSettings(page);
  await page.locator('[data-reach] input').fill('elif');
  await page.keyboard.press('Enter');
}

function lookUp(handle) {
  return async (page) => {
    await addContact(page);
    await page.getByRole('tab').nth(2).click();
    await page.locator('[role="dialog"] input').fill(handle);
    await page.keyboard.press('Enter');
  };
}

async function manageLinks(page) {
  await addContact(page);
  await page.getByRole('button', { name: 'Manage links' }).click();
}

async function pasteLink(page) {
  await addContact(page);
  await page.getByRole('tab').nth(1).click();
  await page.locator('[role="dialog"] input').fill('tincan:invite/1#noor');
}

async function pasteExpired(page) {
  await page.evaluate(() =>
    window.fake.refuse('readInvite', 'invite-expired', { date: '2026-11-14T08:00:00.000Z', name: 'Jo' }),
  );
  await pasteLink(page);
}

async function createSlowly(page) {
  await page.evaluate(() => {
    window.fake.createProfile = () => new Promise(() => undefined);
  });
  await createLine(page);
}

async function createInVain(page) {
  await page.evaluate(() => window.fake.refuse('createProfile', 'disk-full'));
  await createLine(page);
}

async function createLine(page) {
  await page.locator('input').first().fill('Mira');
  await page.keyboard.press('Enter');
}

async function scrollUp(page) {
  for (let turn = 0; turn < 12; turn++) {
    await page.locator('[data-log]').evaluate((log) => {
      log.scrollTop = 200;
    });
    await page.waitForTimeout(60);
  }
}

async function tabToRow(page) {
  await page.locator('[data-row="ana"]').focus();
  await page.keyboard.press('ArrowDown');
}

async function writeLines(page) {
  await page
    .locator('[data-composer]')
    .fill('Careful with the 1974 log, page 12 is upside down.\nI can rescan it tonight');
}

async function writeTooMuch(page) {
  await page.locator('[data-composer]').fill('harbour '.repeat(4200));
}

function find(text) {
  return async (page) => {
    await page.keyboard.press('Control+Shift+F');
    await page.locator('[data-search]:focus').waitFor();
    await page.keyboard.type(text);
    await page.waitForTimeout(500);
  };
}

async function findByArrows(page) {
  await find('ferry')(page);
  for (let turn = 0; turn < 4; turn++) await page.keyboard.press('ArrowDown');
}

async function openFound(page) {
  await findByArrows(page);
  await page.keyboard.press('Enter');
}

async function backToFound(page) {
  await openFound(page);
  await page.waitForTimeout(500);
  await page.keyboard.press('Escape');
}

async function openGone(page) {
  await findByArrows(page);
  await page.evaluate(() => window.fake.refuse('pageAround', 'no-message'));
  await page.keyboard.press('Enter');
}

async function findHere(page) {
  await page.keyboard.press('Control+f');
  await page.locator('[data-search]:focus').waitFor();
  await page.keyboard.type('harbour');
}

async function findInVain(page) {
  await page.evaluate(() => window.fake.refuse('search', 'late'));
  await find('ferry')(page);
}

async function findSlowly(page) {
  await page.evaluate(() => {
    window.fake.search = () => new Promise(() => undefined);
  });
  await find('xylophone')(page);
}

async function findMany(page) {
  await find('the')(page);
  for (let turn = 0; turn < 6; turn++) {
    await page.locator('[data-results]').evaluate((list) => {
      list.scrollTop = list.scrollHeight;
    });
    await page.waitForTimeout(200);
  }
}

async function showDelivery(page) {
  await page.locator('[data-log]').focus();
  await page.keyboard.press('ArrowUp');
  while ((await page.locator('[data-message]:focus [data-delivery]').count()) < 1) await page.keyboard.press('ArrowUp');
  await page.keyboard.press('d');
  await page.locator('[role="dialog"] ol').waitFor();
}

async function cancelMessage(page) {
  await showDelivery(page);
  await page.getByRole('button', { name: /Take this message back|收回这条消息/ }).click();
  await page.getByRole('status').last().waitFor();
}

async function saveFile(page) {
  await showDelivery(page);
  await page.locator('[role="dialog"] section button').last().click();
}

async function byFile(page) {
  await page.locator('[data-pane="details"] button').nth(-2).click();
}

async function askBan(page) {
  await page.locator('[data-pane="details"] button').last().click();
}

async function askLink(page) {
  await page.locator('[data-log] a').last().click();
}

async function hoverTools(page, at) {
  await page.locator('[data-message]').nth(at).hover();
  await page.waitForTimeout(300);
}

function toolsOfMine(page) {
  return hoverTools(page, 3);
}

function toolsOfTheirs(page) {
  return hoverTools(page, 2);
}

async function focusMessage(page, up) {
  await page.locator('[data-log]').focus();
  const count = await page.locator('[data-message]').count();
  for (let turn = 1; turn <= up; turn++) {
    await page.keyboard.press('ArrowUp');
    await page.waitForFunction(
      (at) => [...document.querySelectorAll('[data-message]')].indexOf(document.activeElement) === at,
      count - turn,
    );
  }
}

async function tabToTools(page) {
  await focusMessage(page, 5);
  await page.keyboard.press('Tab');
  await page.keyboard.press('Tab');
  await page.keyboard.press('ArrowRight');
}

async function pickEmoji(page) {
  await focusMessage(page, 5);
  await page.keyboard.press('+');
}

async function pickNoEmoji(page) {
  await pickEmoji(page);
  await page.locator('[role="dialog"] input').fill('ahoy');
  await page.keyboard.press('Enter');
}

async function openMenu(page) {
  await page
    .locator('[data-message]')
    .nth(3)
    .click({ button: 'right', position: { x: 40, y: 60 } });
}

async function reply(page) {
  await focusMessage(page, 3);
  await page.keyboard.press('r');
  await page.keyboard.type('Both thermoses, then');
}

async function replyToGone(page) {
  await reply(page);
  const id = await page.locator('[data-message]').nth(5).getAttribute('data-message');
  await page.evaluate((message) => window.fake.takeBack('ana', message), id);
}

async function editLast(page) {
  await page.locator('[data-composer]').focus();
  await page.keyboard.press('ArrowUp');
}

async function askDelete(page) {
  await focusMessage(page, 1);
  await page.keyboard.press('Delete');
  await page.locator('[role="alertdialog"]').waitFor();
}

async function askRemove(page) {
  await focusMessage(page, 2);
  await page.keyboard.press('Delete');
  await page.locator('[role="alertdialog"]').waitFor();
}

async function followQuote(page) {
  await page.evaluate(() => {
    const { messages } = window.fake;
    const answered = messages.jonas[20];
    const { id, mine, author, text } = answered;
    window.fake.touch('jonas', messages.jonas.at(-2).id, {
      reply: { id, here: true, deleted: false, mine, author, text },
    });
  });
  await page.locator('[data-message] button b').last().click();
}

async function hoverMessage(page) {
  await page.locator('[data-message]').last().hover();
  await page.waitForTimeout(300);
}

await build({ mode: 'look', logLevel: 'warn', build: { outDir, emptyOutDir: true } });
const server = await preview({ build: { outDir }, preview: { port: 0, strictPort: false } });
const address = server.resolvedUrls?.local[0];
const browser = await chromium.launch({
  executablePath: '/usr/bin/chromium',
  args: [
    '--no-sandbox',
    '--disable-gpu',
    '--disable-quic',
    '--no-first-run',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
  ],
});
await mkdir(folder, { recursive: true });
let errors = 0;

for (const scene of scenes) {
  const name = scene.as ? `${scene.name}-${scene.as}` : scene.name;
  if (!name.includes(only)) continue;
  for (const language of scene.languages ?? ['en']) {
    for (const theme of ['light', 'dark']) {
      for (const size of scene.sizes) {
        const context = await browser.newContext({
          viewport: size,
          colorScheme: theme,
          locale: language,
          timezoneId: 'Europe/Lisbon',
        });
        const page = await context.newPage();
        const file = `${name}-${size.width}-${theme}${language === 'en' ? '' : `-${language}`}.png`;
        const complain = (text) => {
          errors += 1;
          process.stderr.write(`${file}: ${text}\n`);
        };
        page.on('console', (message) => message.type() === 'error' && complain(message.text()));
        page.on('pageerror', (error) => complain(error.message));
        await page.clock.setFixedTime(new Date('2026-11-21T10:45:00Z'));
        const query = `fake=${scene.name}&theme=${theme}&lang=${language}${scene.details ? '&details' : ''}${scene.query ? `&${scene.query}` : ''}`;
        await page.goto(`${address}?${query}`);
        await page.evaluate(() => document.fonts.ready);
        await page.waitForTimeout(scene.rest ?? 700);
        if (scene.details && size.width < 1080) await page.keyboard.press('Control+i');
        await scene.steps?.(page);
        await page.waitForTimeout(700);
        await page.screenshot({ path: join(folder, file) });
        await context.close();
      }
    }
  }
}

await browser.close();
await server.close();
await rm(outDir, { recursive: true, force: true });
process.stdout.write(`Pictures are in ${folder}. Errors logged by the pages: ${errors}.\n`);
process.exitCode = errors > 0 ? 1 : 0;
