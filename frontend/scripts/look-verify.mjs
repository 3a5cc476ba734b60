// Pictures of who a contact is, for look.mjs.
import { settled } from './settled.mjs';

const wide = { width: 1200, height: 800 };
const narrow = { width: 720, height: 800 };
const both = { sizes: [wide, narrow], languages: ['en', 'zh-CN'] };

async function verify(page) {
  await page.locator('[data-log]').waitFor();
  await page.keyboard.press('Control+Shift+V');
  await page.locator('[role="dialog"]').waitFor();
  await settled(page);
}

function typeNumber(text) {
  return async (page) => {
    await verify(page);
    await page.getByRole('button', { name: /Enter theirs|输入对方的号码/ }).click();
    await page.locator('[role="dialog"] textarea').fill(text);
    await settled(page);
  };
}

async function compareAgain(page) {
  await verify(page);
  await page
    .getByRole('button', { name: /Compare again|重新比对/ })
    .last()
    .click();
}

async function retire(page) {
  await page.keyboard.press('Control+,');
  await page.getByRole('button', { name: /Give up…|放弃…/ }).click();
}

async function changeKey(page) {
  await page.keyboard.press('Control+,');
  await page.getByRole('button', { name: /^(Change…|更换…)$/ }).click();
  await page.locator('[role="alertdialog"]').waitFor();
}

async function retireSure(page) {
  await retire(page);
  await page.locator('[role="alertdialog"] label').last().click();
}

async function openRequests(page) {
  await page.locator('aside nav > button').first().click();
}

export const verifyPictures = [
  { name: 'verify-none', as: 'verify', steps: verify, ...both },
  { name: 'verify-none', as: 'details', sizes: [wide], details: true, languages: ['en', 'zh-CN'] },
  { name: 'verify-link', as: 'verify', steps: verify, details: true, sizes: [wide], languages: ['en', 'zh-CN'] },
  { name: 'verify-compared', as: 'verify', steps: verify, details: true, sizes: [wide], languages: ['en', 'zh-CN'] },
  { name: 'verify-none', as: 'typed', steps: typeNumber('30921 77450\n１８２６３ 99014'), sizes: [wide, narrow] },
  { name: 'verify-none', as: 'typed-differs', steps: typeNumber('30921 77450 18263 99013'), ...both },
  { name: 'verify-differs', details: true, ...both },
  { name: 'verify-differs', as: 'dialog', steps: verify, ...both },
  { name: 'verify-differs', as: 'again', steps: compareAgain, sizes: [wide] },
  { name: 'check-asked', ...both },
  { name: 'check-asked', as: 'dialog', steps: verify, sizes: [wide] },
  { name: 'check-waiting', as: 'dialog', steps: verify, sizes: [wide] },
  { name: 'check-comparing', as: 'dialog', steps: verify, ...both },
  { name: 'check-ended', as: 'dialog', steps: verify, sizes: [wide], languages: ['en', 'zh-CN'] },
  { name: 'retired', ...both },
  { name: 'key-changed', ...both },
  { name: 'key-moved', sizes: [wide], languages: ['en', 'zh-CN'] },
  { name: 'key-former', sizes: [wide], languages: ['en', 'zh-CN'] },
  { name: 'key-former', as: 'details', details: true, sizes: [wide] },
  { name: 'settings', as: 'change-key', steps: changeKey, ...both },
  { name: 'key-following', sizes: [wide], languages: ['en', 'zh-CN'] },
  { name: 'retired-me', sizes: [wide], languages: ['en', 'zh-CN'] },
  { name: 'retired-me', as: 'profile', steps: async (page) => page.keyboard.press('Control+,'), sizes: [wide] },
  { name: 'settings', as: 'retire', steps: retire, ...both },
  { name: 'settings', as: 'retire-sure', steps: retireSure, sizes: [wide] },
  { name: 'namesake', steps: openRequests, ...both },
];
