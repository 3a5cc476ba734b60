// Every task with a keyboard alone, on the shipped interface: once as it is at first, once narrow, dark and in Chinese.
import assert from 'node:assert/strict';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { takeKeyboard } from './hands.mjs';
import { article, composer } from './people.mjs';
import { artifacts, call, eventually, openPage, startBrowser, startDevice } from './programs.mjs';

const dialog = '[role=dialog]';
const question = '[role=alertdialog]';
const lastButton = `${question} footer button:last-of-type`;
const permissions = ['clipboard-read', 'clipboard-write'];
const windows = [
  { name: 'wide', size: { width: 1200, height: 800 }, as: { colorScheme: 'light', permissions } },
  { name: 'narrow', size: { width: 720, height: 560 }, as: { colorScheme: 'dark', locale: 'zh-CN', permissions } },
];
let browser;

before(async () => {
  await mkdir(artifacts, { recursive: true });
  browser = await startBrowser();
});

after(async () => {
  await browser?.close();
});

const clipboard = (page) => page.evaluate(() => navigator.clipboard.readText());
const gone = (page, selector) => page.locator(selector).waitFor({ state: 'detached' });
const banned = (page) => eventually(page, async () => (await window.go.app.API.Start()).conversations[0].contact === 'banned');
const friends = (page) => eventually(page, async () => (await window.go.app.API.Start()).conversations[0].contact === 'mutual');
const settings = async (page) => (await call(page, 'Start')).settings;

for (const { name, size, as } of windows) {
  test(`${name}: every task with the keyboard`, async () => {
    const findings = [];
    const people = [];
    const open = async (who) => {
      const person = await openPage(browser, await startDevice(), size, as);
      people.push(person);
      await person.page.locator('form input').first().waitFor();
      return takeKeyboard(person.page, who, findings);
    };
    try {
      const [ana, ben] = await Promise.all([open('Ana'), open('Ben')]);
      for (const [title, steps] of Object.entries(tasks)) {
        for (const hands of [ana, ben]) hands.begin(title);
        try {
          await steps(ana, ben);
        } catch (error) {
          findings.push(`${title}: ${error.stack}`);
          await ana.page.screenshot({ path: join(artifacts, `keyboard-${name}-ana.png`) });
          await ben.page.screenshot({ path: join(artifacts, `keyboard-${name}-ben.png`) });
          break;
        }
      }
      for (const hands of [ana, ben]) findings.push(...(await hands.pointers()));
      findings.push(...people.flatMap(({ complaints }) => complaints));
    } finally {
      for (const { page, device } of people) {
        await page.context().close();
        await device.stop();
      }
    }
    assert.deepEqual(findings, []);
  });
}

const tasks = {
  async 'first run'(ana, ben) {
    for (const [hands, name] of [
      [ana, 'Ana'],
      [ben, 'Ben'],
    ]) {
      await hands.at('form input[type=text]');
      await hands.type(name);
      await hands.press('Tab', 'ArrowRight');
      await hands.to('button[type=submit]');
      await hands.press('Enter');
      await hands.page.locator('[data-pane=list]').waitFor();
      await hands.press('Tab');
    }
    const { color } = (await call(ana.page, 'Start')).profile;
    assert.equal(color, 3, 'the arrow chose the next colour');
  },

  async 'an invite is copied, pasted, and the request accepted'(ana, ben) {
    await ana.back(async () => {
      await ana.press('Control+Shift+A');
      await ana.at(`${dialog} [role=tabpanel] button`);
      await ana.press('Enter');
      await eventually(ana.page, async () => (await navigator.clipboard.readText()).startsWith('tincan:'));
      await ana.press('Escape');
      await gone(ana.page, dialog);
    });
    const link = await clipboard(ana.page);
    await ben.press('Control+n');
    await ben.at(`${dialog} [role=tabpanel] button`);
    await ben.to('[role=tab]', 'Shift+Tab');
    await ben.press('ArrowRight');
    await ben.at('[role=tab][data-key=paste]');
    await ben.to('[role=tabpanel] input');
    await ben.page.evaluate((text) => navigator.clipboard.writeText(text), link);
    await ben.press('Control+v', 'Enter');
    await ben.at('[role=tabpanel] textarea');
    await ben.type('Hello Ana, it is Ben');
    await ben.press('Enter');
    await gone(ben.page, dialog);
    await ben.at('[data-composer]');

    await ana.page.locator('[data-way=requests]').waitFor();
    await ana.to('[data-way=requests]', 'Shift+Tab');
    await ana.press('Enter');
    await ana.page.locator('article textarea').waitFor();
    await ana.press('F6');
    await ana.to('article textarea');
    await ana.type('Hello Ben');
    await ana.press('Enter');
    await ana.at('[data-composer]');
    await article(ben.page, 'Hello Ben').waitFor();
  },

  async 'a line of two, an edit, an answer, a copy, a deletion'(ana, ben) {
    await ana.type('The ferry leaves');
    await ana.press('Shift+Enter');
    await ana.type('at nine');
    await ana.press('Enter');
    await article(ben.page, 'at nine').waitFor();
    await ben.type('I bring the thermos');
    await ben.press('Enter');
    await article(ana.page, 'thermos').waitFor();
    await ana.press('ArrowUp');
    await ana.page.locator('[data-edited]').waitFor();
    await ana.type(', then');
    await ana.press('Enter');
    await article(ben.page, 'at nine, then').waitFor();

    await ana.to('[data-log]', 'Shift+Tab');
    await ana.press('ArrowUp');
    await ana.at('[data-message]');
    assert.match(await ana.page.locator(':focus').innerText(), /thermos/);
    await ana.press('ArrowUp', 'c');
    await eventually(ana.page, async () => (await navigator.clipboard.readText()) === 'The ferry leaves\nat nine, then');
    await ana.press('ArrowDown', 'r');
    await ana.at('[data-composer]');
    await ana.press('Escape', 'Escape');
    await ana.at('[data-composer]');
    await ana.to('[data-log]', 'Shift+Tab');
    await ana.press('ArrowUp', 'r');
    await ana.at('[data-composer]');
    await ana.type('Two cups');
    await ana.press('Enter');
    await article(ben.page, 'Two cups').getByRole('button', { name: /thermos/ }).waitFor();

    await ana.to('[data-log]', 'Shift+Tab');
    await ana.press('ArrowUp');
    await ana.at('[data-message]');
    await ana.back(async () => {
      await ana.press('Delete');
      await ana.at(`${question} footer button`);
      await ana.press('Escape');
      await gone(ana.page, question);
    });
    await ana.back(async () => {
      await ana.press('Shift+F10');
      await ana.at('[role=menuitem]');
      await ana.press('ArrowDown', 'Escape');
      await gone(ana.page, '[role=menu]');
    });
    await ana.press('Delete');
    await ana.to(lastButton);
    await ana.press('Enter');
    await gone(ana.page, question);
    await article(ben.page, 'Two cups').waitFor({ state: 'detached' });
    await ana.at('[data-message]');
    await ana.to('[data-composer]');
  },

  async 'a word is found everywhere and here, and the way leads back'(ana) {
    for (const [keys, word] of [
      ['Control+Shift+F', 'ferry'],
      ['Control+f', 'nine'],
    ]) {
      await ana.back(async () => {
        await ana.press(keys);
        await ana.at('[data-search]');
        await ana.type(word);
        await ana.page.locator('[role=option]').first().waitFor();
        await ana.press('ArrowDown', 'Enter');
        await ana.at('[data-message]');
        assert.match(await ana.page.locator(':focus').innerText(), /ferry leaves\s+at nine/);
        await ana.press('Escape');
        await ana.at('[data-search]');
        await ana.press('Escape');
        await ana.at('[data-composer]');
      });
      await ana.press('End');
    }
  },

  async 'jumping with Ctrl K'(ana) {
    await ana.back(async () => {
      await ana.press('Control+k');
      await ana.at(`${dialog} [role=combobox]`);
      await ana.type('zzz');
      await ana.press('Escape');
      await gone(ana.page, dialog);
    });
    await ana.press('Control+k');
    await ana.at(`${dialog} [role=combobox]`);
    await ana.type('Ben');
    await ana.page.locator('[role=option][aria-selected=true]').waitFor();
    await ana.press('Enter');
    await ana.at('[data-composer]');
  },

  async 'a ban in the middle of a conversation, taken back at once, and from the list'(ana, ben) {
    const ban = async () => {
      if ((await ana.page.locator('[data-pane=details]').count()) === 0) await ana.press('Control+i');
      await ana.page.locator('[data-pane=details]').waitFor();
      await ana.to('[data-pane=details] button', 'F6');
      await ana.to('[data-pane=details] > section:last-of-type button:last-of-type');
      await ana.press('Enter');
      await ana.at(`${question} footer button:first-of-type`);
      await ana.to(lastButton);
      await ana.press('Enter');
      await gone(ana.page, question);
      await banned(ana.page);
    };
    await ban();
    await ana.press('Control+z');
    await friends(ana.page);
    await composer(ana.page).waitFor();
    await ban();
    await ana.press('Control+,');
    await ana.at('[data-pane=pages] button');
    await ana.to('[data-pane=pages] button:nth-of-type(3)');
    await ana.press('Enter');
    await ana.page.locator('[data-page=bans] [data-ban]').waitFor();
    await ana.press('F6');
    await ana.to('[data-ban]');
    await ana.press('Delete');
    await friends(ana.page);
    await ana.at('[data-page=bans] input');
    await ana.press('Escape');
    await ana.to('[data-composer]', 'F6');
    await ana.type('There you are again');
    await ana.press('Enter');
    await article(ben.page, 'There you are again').waitFor();
  },

  async 'the safety number is opened and closed'(ana) {
    await ana.back(async () => {
      await ana.press('Control+Shift+V');
      await ana.page.locator(dialog).waitFor();
      for (let count = 0; count < 8; count++) await ana.press('Tab');
      await ana.press('Escape');
      await gone(ana.page, dialog);
    });
  },

  async 'the network, as a table'(ana) {
    await ana.back(async () => {
      await ana.press('Control+Shift+N');
      await ana.at('[role=tab][data-key=picture]');
      await ana.press('Tab', 'Tab');
      await ana.to('[role=tab]', 'Shift+Tab');
      await ana.press('ArrowRight');
      await ana.page.locator('[data-place=network] table').first().waitFor();
      await ana.to('[data-place=network] tbody tr');
      await ana.press('ArrowRight');
      await ana.at('[data-place=network] tbody button');
      await ana.press('Enter');
      await ana.at('[role=menuitem]');
      await ana.press('Escape');
      await gone(ana.page, '[role=menu]');
      await ana.press('Escape');
      await gone(ana.page, '[data-place=network]');
    });
  },

  async 'every page of the settings; theme, text size and language'(ana) {
    await ana.back(async () => {
      await ana.press('Control+,');
      await ana.at('[data-pane=pages] button[aria-current=page]');
      for (const page of ['profile', 'network', 'bans', 'storage', 'appearance', 'notifications', 'shortcuts', 'about']) {
        await ana.press('Enter');
        await ana.page.locator(`[data-page=${page}]`).waitFor();
        if (page !== 'about') await ana.press('Tab');
      }
      await ana.press('Escape');
      await gone(ana.page, '[data-pane=pages]');
    });
    await ana.press('Control+,');
    await ana.to('[data-pane=pages] button:nth-of-type(5)');
    await ana.press('Enter');
    await ana.page.locator('[data-page=appearance]').waitFor();
    await ana.press('F6');
    await ana.to('[data-page=appearance] input[type=radio]');
    await ana.press('ArrowRight');
    await eventually(ana.page, async () => (await window.go.app.API.Start()).settings.theme === 'light');
    await ana.press('ArrowRight');
    await eventually(ana.page, async () => (await window.go.app.API.Start()).settings.theme === 'dark');
    await ana.to('input[type=range]');
    await ana.press('ArrowRight');
    await eventually(ana.page, async () => (await window.go.app.API.Start()).settings.textSize === 1.15);
    await ana.to('[data-page=appearance] select');
    const before = await ana.page.locator('html').getAttribute('lang');
    await ana.press('ArrowDown', 'ArrowDown');
    await eventually(ana.page, async () => (await window.go.app.API.Start()).settings.language === 'zh-CN');
    await ana.page.locator('html[lang=zh-CN]').waitFor();
    await ana.press('ArrowUp', 'ArrowUp');
    await eventually(ana.page, async () => (await window.go.app.API.Start()).settings.language === 'system');
    await ana.page.locator(`html[lang=${before}]`).waitFor();
    await ana.press('Escape');
    await gone(ana.page, '[data-pane=pages]');
  },

  async 'the backup and the restore are asked for'(ana) {
    await ana.press('Control+,');
    await ana.to('[data-pane=pages] button:nth-of-type(4)');
    await ana.press('Enter');
    await ana.page.locator('[data-page=storage] section').first().waitFor();
    await ana.press('F6');
    await ana.back(async () => {
      await ana.press('Enter');
      await ana.at(`${dialog} input`);
      await ana.type('short');
      await ana.press('Enter');
      await ana.press('Escape');
      await gone(ana.page, dialog);
    });
    await ana.press('Escape');
    await gone(ana.page, '[data-pane=pages]');
  },

  async 'muted and archived, and both taken back'(ana) {
    const choose = async (entry) => {
      await ana.to('[data-row]', 'F6');
      await ana.press('Shift+F10');
      await ana.at('[role=menuitem]');
      await ana.to(`[role=menuitem][data-key=${entry}]`, 'ArrowDown');
      await ana.press('Enter');
      await gone(ana.page, '[role=menu]');
    };
    const first = async () => (await call(ana.page, 'Start')).conversations[0];
    await choose('quiet');
    assert.equal((await first()).quiet, true);
    await ana.at('[data-row]');
    await ana.press('Control+z');
    await eventually(ana.page, async () => !(await window.go.app.API.Start()).conversations[0].quiet);
    await choose('archive');
    await ana.page.locator('[data-pane=list] button[aria-expanded=false]').waitFor();
    await ana.to('[data-pane=list] button[aria-expanded=false]');
    await ana.press('Enter');
    await ana.to('[data-row]');
    await choose('archive');
    await gone(ana.page, '[data-pane=list] button[aria-expanded]');
    await ana.at('[data-row]');
  },

  async 'F6 goes around, and everything is closed'(ana) {
    await ana.to('[data-row]', 'F6');
    await ana.press('Enter');
    await composer(ana.page).waitFor();
    const panes = [];
    for (let count = 0; count < 4; count++) {
      await ana.press('F6');
      panes.push(await ana.page.evaluate(() => document.activeElement.closest('[data-pane]')?.dataset.pane));
    }
    assert.ok(new Set(panes).size >= 2, `panes: ${panes}`);
    await ana.to('[data-composer]', 'Shift+F6');
  },
};
