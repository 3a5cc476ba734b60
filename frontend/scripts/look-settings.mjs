// What is pressed and typed in settings before a picture of look.mjs is taken.
import { Buffer } from 'node:buffer';
import { settled } from './settled.mjs';

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

export async function showSettings(page) {
  await page.keyboard.press('Control+,');
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
  await settled(page);
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

export async function writeLongAbout(page) {
  await showSettings(page);
  await page.locator('form input[type="text"]').nth(1).fill('Harbour, maps, thermos. '.repeat(7));
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
  await settled(page);
}

export async function banLink(page) {
  await showBans(page);
  await page.locator('form select').first().selectOption('invite');
  await settled(page);
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

/** Chooses an image for the profile, wider than high: a sun over the sea. */
export async function cropPicture(page) {
  await page.keyboard.press('Control+,');
  const image = await page.evaluate(() => {
    const canvas = document.createElement('canvas');
    canvas.width = 640;
    canvas.height = 480;
    const context = canvas.getContext('2d');
    context.fillStyle = '#9fc7d8';
    context.fillRect(0, 0, 640, 480);
    context.fillStyle = '#f2b632';
    context.arc(400, 190, 70, 0, 7);
    context.fill();
    context.fillStyle = '#2d5f73';
    context.fillRect(0, 290, 640, 190);
    return canvas.toDataURL().split(',')[1];
  });
  await page.locator('main input[type="file"]').setInputFiles({
    name: 'sea.png',
    mimeType: 'image/png',
    buffer: Buffer.from(image, 'base64'),
  });
  await page.locator('[role="application"] img').waitFor();
  await page.locator('[role="application"]').press('ArrowLeft');
  await settled(page);
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

export async function showAppearance(page) {
  await page.keyboard.press('Control+,');
  await page.locator('nav button').nth(5).click();
}
