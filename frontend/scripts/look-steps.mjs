// What is pressed and typed before a picture of look.mjs is taken, but in settings: look-settings.mjs.
import { Buffer } from 'node:buffer';
import { drawn, settled } from './settled.mjs';

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

export async function unlockInVain(page) {
  await page.locator('input[type="password"]').fill('correct horse');
  await page.locator('button[type="submit"]').click();
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

export async function openRequests(page) {
  await page.locator('aside nav > button').first().click();
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
    await page.waitForFunction(() => document.querySelector('[data-log]').scrollTop > 400);
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
    await settled(page);
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
  await settled(page);
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
    await settled(page);
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
  await settled(page);
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
  await settled(page);
}

/** The switcher, with something written in it or nothing. */
export function jump(text) {
  return async (page) => {
    await page.keyboard.press('Control+k');
    await page.locator('[role="combobox"][aria-expanded]').last().waitFor();
    await page.keyboard.type(text);
  };
}

export async function selectSome(page) {
  await page.locator('[data-log]').focus();
  const keys = ['ArrowUp', 'ArrowUp', 'ArrowUp', 'ArrowUp', 's', 'Shift+ArrowDown', 'ArrowDown', 'ArrowDown', 'Space'];
  for (const key of keys) {
    await page.keyboard.press(key);
    await drawn(page);
  }
  await page.locator('[data-selection]').waitFor();
}

export async function removeSome(page) {
  await selectSome(page);
  await page.keyboard.press('Delete');
}

/** A bar says what is wrong once it has been wrong for a while. */
export async function troubled(page) {
  await page.locator('main [role="status"] svg').first().waitFor();
}
