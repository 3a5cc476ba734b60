// What is pressed and typed before a picture of look.mjs is taken.
import { Buffer } from 'node:buffer';

export async function showNetwork(page) {
  await page.keyboard.press('Control+,');
  await page.keyboard.press('Tab');
  await page.locator('nav[data-pane="pages"] button').nth(2).click();
}

/** Ports for direct lines, the first of which is wrong. */
export async function choosePort(page) {
  await showNetwork(page);
  const way = page.locator('select').nth(1);
  await way.selectOption('chosen');
  const first = page.getByRole('textbox').last();
  await first.fill('80');
  await first.press('Enter');
  await first.scrollIntoViewIfNeeded();
}

/** One that is used, and another that is none. */
export async function chooseProxy(page) {
  await showNetwork(page);
  await page
    .getByRole('button', { name: /^(Set up|设置)$/ })
    .last()
    .click();
  const host = page.getByRole('textbox', { name: /^(Host|主机)$/ });
  await host.fill('proxy.example');
  await page.getByRole('textbox', { name: /^(Port|端口)$/ }).fill('1080');
  await page.keyboard.press('Enter');
  await page.getByRole('button', { name: /^(Change|更改)$/ }).click();
  await host.fill('proxy example');
  await page.keyboard.press('Enter');
}

/** The network, and the card of whoever has a name in it. */
export const openLines =
  (name = '') =>
  async (page) => {
    await page.keyboard.press('Control+Shift+N');
    await page.locator('[data-place="network"] [data-at]').first().waitFor();
    if (name) await page.locator('[data-node]').filter({ hasText: name }).first().click();
  };

export async function openLinesTable(page) {
  await openLines()(page);
  await page.keyboard.press('Control+Shift+N');
}

export async function askRepair(page) {
  await page.getByRole('button', { name: /Repair…|修复…/ }).click();
}

export async function repairSlowly(page) {
  await askRepair(page);
  await page.keyboard.press('Enter');
  await page.evaluate(() => window.fake.emit({ repair: { running: true, saved: 4608, of: 12_480 } }));
}

export async function repairInVain(page) {
  await repairSlowly(page);
  const error = { code: 'repair-room', message: '', params: {} };
  await page.evaluate((why) => window.fake.emit({ repair: { running: false, saved: 0, of: 0, error: why } }), error);
}

export async function repairWell(page) {
  await repairSlowly(page);
  await page.evaluate(() => {
    const params = { what: 'short', entries: '12431', all: '12480', file: 'tincan-damaged-20261121-104500.db' };
    const notice = { id: 'salvaged', code: 'salvaged', message: '', params };
    window.fake.emit({ notice, problem: { code: '', message: '', params: {} } });
  });
}

export async function showSettings(page) {
  await page.keyboard.press('Control+,');
}

export async function unlockInVain(page) {
  await page.locator('input[type="password"]').fill('correct horse');
  await page.locator('button[type="submit"]').click();
}

export async function showStorage(page) {
  await showSettings(page);
  await page.locator('nav button').nth(4).click();
  await page.locator('[data-page="storage"] section').first().waitFor();
}

export async function showNotifications(page) {
  await showSettings(page);
  await page.locator('nav button').nth(6).click();
  await page.locator('[data-page="notifications"]').waitFor();
  await page.locator('main label').nth(2).click();
}

/** Mutes who is open, and looks where that can be taken back. */
export async function muteAndLook(page) {
  await page.locator('aside[data-pane="details"] label').first().click();
  await page.waitForTimeout(300);
  await showNotifications(page);
}

export async function makeBackup(page) {
  await showStorage(page);
  await page.getByRole('button', { name: /^(Back up now|立即备份)$/ }).click();
  await page.locator('input[type="password"]').first().fill('six words');
}

export async function changeAutomatic(page) {
  await showStorage(page);
  await page
    .getByRole('button', { name: /^(Change|更改)$/ })
    .first()
    .click();
  await page.locator('input[type="password"]').first().fill('six words');
}

export async function restoreHere(page) {
  await showStorage(page);
  await page.getByRole('button', { name: /^(Choose a file|选择文件)$/ }).click();
  await page.locator('[role="dialog"] input[type="file"]').setInputFiles({
    name: 'tincan-Mira.tincan-backup',
    mimeType: 'application/octet-stream',
    buffer: Buffer.alloc(2_400_000),
  });
}

export async function changeProtection(page) {
  await showStorage(page);
  await page.locator('main section').nth(1).getByRole('button').first().click();
  await page.getByRole('dialog').waitFor();
}

export async function restoreInVain(page) {
  await page.locator('form button').last().click();
  await page.locator('input[type="file"]').setInputFiles({
    name: 'tincan-Mira-2026-11-19.tincan-backup',
    mimeType: 'application/octet-stream',
    buffer: Buffer.alloc(700_000, 1),
  });
  await page.locator('input[type="password"]').fill('five words that do not');
  await page.locator('button[type="submit"]').click();
}

export async function writeLongAbout(page) {
  await showSettings(page);
  await page.locator('form input[type="text"]').nth(1).fill('Harbour, maps, thermos. '.repeat(7));
}

export async function openRequests(page) {
  await page.locator('aside nav > button').first().click();
}

export async function showBans(page) {
  await page.locator('[data-log]').waitFor();
  await page.keyboard.press('Control+,');
  await page.getByRole('button', { name: /^(Ban list|封禁名单)$/ }).click();
  await page.locator('[data-ban]').first().waitFor();
}

export async function banDomain(page) {
  await showBans(page);
  await page.locator('form input').first().fill('mail.*.example.net');
  await page.waitForTimeout(800);
}

export async function banLink(page) {
  await showBans(page);
  await page.locator('form select').first().selectOption('invite');
  await page.waitForTimeout(800);
}

export async function importBans(page) {
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

export async function editBan(page) {
  await showBans(page);
  await page.locator('[data-ban]').nth(1).locator('button').click();
  await page.locator('[role="menuitem"]').first().click();
  await page.locator('[role="dialog"]').waitFor();
}

export async function banRequest(page) {
  await openRequests(page);
  await page.getByRole('button', { name: 'Ban…' }).click();
}

export async function noRequests(page) {
  await openRequests(page);
  await page.evaluate(() => window.fake.emit({ removedRequests: ['request-1', 'request-2'] }));
}

export async function addContact(page) {
  await page.keyboard.press('Control+n');
}

export async function openSettings(page) {
  await page.keyboard.press('Control+,');
  await page.locator('[data-reach]').scrollIntoViewIfNeeded();
}

export async function releaseHandle(page) {
  await openSettings(page);
  await page
    .getByRole('button', { name: /^(Release|放弃)$/ })
    .first()
    .click();
}

export async function takeHandle(page) {
  await openSettings(page);
  await page.locator('[data-reach] input').fill('elif');
  await page.keyboard.press('Enter');
}

export function lookUp(handle) {
  return async (page) => {
    await addContact(page);
    await page.getByRole('tab').nth(2).click();
    await page.locator('[role="dialog"] input').fill(handle);
    await page.keyboard.press('Enter');
  };
}

export async function manageLinks(page) {
  await addContact(page);
  await page.getByRole('button', { name: 'Manage links' }).click();
}

export async function pasteLink(page) {
  await addContact(page);
  await page.getByRole('tab').nth(1).click();
  await page.locator('[role="dialog"] input').fill('tincan:invite/1#noor');
}

export async function pasteExpired(page) {
  await page.evaluate(() =>
    window.fake.refuse('readInvite', 'invite-expired', { date: '2026-11-14T08:00:00.000Z', name: 'Jo' }),
  );
  await pasteLink(page);
}

export async function createSlowly(page) {
  await page.evaluate(() => {
    window.fake.createProfile = () => new Promise(() => undefined);
  });
  await createLine(page);
}

export async function createInVain(page) {
  await page.evaluate(() => window.fake.refuse('createProfile', 'disk-full'));
  await createLine(page);
}

export async function createLine(page) {
  await page.locator('input').first().fill('Mira');
  await page.keyboard.press('Enter');
}

export async function scrollUp(page) {
  for (let turn = 0; turn < 12; turn++) {
    await page.locator('[data-log]').evaluate((log) => {
      log.scrollTop = 200;
    });
    await page.waitForTimeout(60);
  }
}

export async function tabToRow(page) {
  await page.locator('[data-row="ana"]').focus();
  await page.keyboard.press('ArrowDown');
}

export async function writeLines(page) {
  await page
    .locator('[data-composer]')
    .fill('Careful with the 1974 log, page 12 is upside down.\nI can rescan it tonight');
}

export async function writeTooMuch(page) {
  await page.locator('[data-composer]').fill('harbour '.repeat(4200));
}

export function find(text) {
  return async (page) => {
    await page.keyboard.press('Control+Shift+F');
    await page.locator('[data-search]:focus').waitFor();
    await page.keyboard.type(text);
    await page.waitForTimeout(500);
  };
}

export async function findByArrows(page) {
  await find('ferry')(page);
  for (let turn = 0; turn < 4; turn++) await page.keyboard.press('ArrowDown');
}

export async function openFound(page) {
  await findByArrows(page);
  await page.keyboard.press('Enter');
}

export async function backToFound(page) {
  await openFound(page);
  await page.waitForTimeout(500);
  await page.keyboard.press('Escape');
}

export async function openGone(page) {
  await findByArrows(page);
  await page.evaluate(() => window.fake.refuse('pageAround', 'no-message'));
  await page.keyboard.press('Enter');
}

export async function findHere(page) {
  await page.keyboard.press('Control+f');
  await page.locator('[data-search]:focus').waitFor();
  await page.keyboard.type('harbour');
}

export async function findInVain(page) {
  await page.evaluate(() => window.fake.refuse('search', 'late'));
  await find('ferry')(page);
}

export async function findSlowly(page) {
  await page.evaluate(() => {
    window.fake.search = () => new Promise(() => undefined);
  });
  await find('xylophone')(page);
}

export async function findMany(page) {
  await find('the')(page);
  for (let turn = 0; turn < 6; turn++) {
    await page.locator('[data-results]').evaluate((list) => {
      list.scrollTop = list.scrollHeight;
    });
    await page.waitForTimeout(200);
  }
}

export async function showDelivery(page) {
  await page.locator('[data-log]').focus();
  await page.keyboard.press('ArrowUp');
  while ((await page.locator('[data-message]:focus [data-delivery]').count()) < 1) await page.keyboard.press('ArrowUp');
  await page.keyboard.press('d');
  await page.locator('[role="dialog"] ol').waitFor();
}

export async function cancelMessage(page) {
  await showDelivery(page);
  await page.getByRole('button', { name: /Take this message back|收回这条消息/ }).click();
  await page.getByRole('status').last().waitFor();
}

export async function saveFile(page) {
  await showDelivery(page);
  await page.locator('[role="dialog"] section button').last().click();
}

export async function byFile(page) {
  await page.locator('[data-pane="details"] button').nth(-2).click();
}

export async function askBan(page) {
  await page.locator('[data-pane="details"] button').last().click();
}

export async function askLink(page) {
  await page.locator('[data-log] a').last().click();
}

export async function hoverTools(page, at) {
  await page.locator('[data-message]').nth(at).hover();
  await page.waitForTimeout(300);
}

export function toolsOfMine(page) {
  return hoverTools(page, 3);
}

export function toolsOfTheirs(page) {
  return hoverTools(page, 2);
}

export async function focusMessage(page, up) {
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

export async function tabToTools(page) {
  await focusMessage(page, 5);
  await page.keyboard.press('Tab');
  await page.keyboard.press('Tab');
  await page.keyboard.press('ArrowRight');
}

export async function pickEmoji(page) {
  await focusMessage(page, 5);
  await page.keyboard.press('+');
}

export async function openEmoji(page) {
  await page.locator('[data-composer]').press('Control+Shift+e');
  await page.getByRole('searchbox').waitFor();
}

export async function findEmoji(page) {
  await openEmoji(page);
  await page.keyboard.type('hand');
  await page.keyboard.press('ArrowDown');
}

export async function pickNoEmoji(page) {
  await pickEmoji(page);
  await page.locator('[role="dialog"] input').fill('ahoy');
  await page.keyboard.press('Enter');
}

export async function openMenu(page) {
  await page
    .locator('[data-message]')
    .nth(3)
    .click({ button: 'right', position: { x: 40, y: 60 } });
}

export async function reply(page) {
  await focusMessage(page, 3);
  await page.keyboard.press('r');
  await page.keyboard.type('Both thermoses, then');
}

export async function replyToGone(page) {
  await reply(page);
  const id = await page.locator('[data-message]').nth(5).getAttribute('data-message');
  await page.evaluate((message) => window.fake.takeBack('ana', message), id);
}

export async function editLast(page) {
  await page.locator('[data-composer]').focus();
  await page.keyboard.press('ArrowUp');
}

export async function askDelete(page) {
  await focusMessage(page, 1);
  await page.keyboard.press('Delete');
  await page.locator('[role="alertdialog"]').waitFor();
}

export async function askRemove(page) {
  await focusMessage(page, 2);
  await page.keyboard.press('Delete');
  await page.locator('[role="alertdialog"]').waitFor();
}

export async function followQuote(page) {
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

export async function hoverMessage(page) {
  await page.locator('[data-message]').last().hover();
  await page.waitForTimeout(300);
}

/** The switcher, with something written in it or nothing. */
export function jump(text) {
  return async (page) => {
    await page.keyboard.press('Control+k');
    await page.locator('[role="combobox"][aria-expanded]').last().waitFor();
    await page.keyboard.type(text);
  };
}

export async function showShortcuts(page) {
  await page.keyboard.press('Control+/');
}

export async function showAbout(page) {
  await showSettings(page);
  await page.locator('nav[data-pane="pages"] button').last().click();
}

export async function checkConnection(page) {
  await showAbout(page);
  await page.locator('main section button').first().click();
}

export async function showNews(page) {
  await showAbout(page);
  await page.locator('main button').first().click();
}

export async function showLicences(page) {
  await showAbout(page);
  await page.locator('main button').nth(1).click();
}

export async function showProblems(page) {
  await checkConnection(page);
  await page.locator('main [role="radio"]').last().click();
}

export async function selectSome(page) {
  await page.locator('[data-log]').focus();
  const keys = ['ArrowUp', 'ArrowUp', 'ArrowUp', 'ArrowUp', 's', 'Shift+ArrowDown', 'ArrowDown', 'ArrowDown', 'Space'];
  for (const key of keys) {
    await page.keyboard.press(key);
    await page.waitForTimeout(200);
  }
  await page.locator('[data-selection]').waitFor();
}

export async function removeSome(page) {
  await selectSome(page);
  await page.keyboard.press('Delete');
}

export async function showAppearance(page) {
  await page.keyboard.press('Control+,');
  await page.locator('nav button').nth(5).click();
}
