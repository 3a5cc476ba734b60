// Two people who are never there at once, through a cluster that loses a server: the delivery dialog tells the way of a message.
import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { artifacts, eventually, startBrowser, startCluster, startDevice } from './programs.mjs';

const text = 'The key is under the third stone';
let browser;
let cluster;
let root;
const running = new Set();
const complaints = [];

before(async () => {
  await mkdir(artifacts, { recursive: true });
  root = await mkdtemp(join(tmpdir(), 'tincan-delivery-'));
  [browser, cluster] = await Promise.all([startBrowser(), startCluster()]);
});

after(async () => {
  await browser?.close();
  for (const device of running) await device.stop();
  await cluster?.stop();
  await rm(root, { recursive: true, force: true });
});

/** Starts somebody's device and opens its page; leave() ends both. */
async function come(name) {
  const device = await startDevice({ folder: join(root, name), options: ['--name', name, '--no-host', '--server', cluster.addresses[0]] });
  running.add(device);
  const context = await browser.newContext({ viewport: { width: 1200, height: 800 }, locale: 'en' });
  const page = await context.newPage();
  page.setDefaultTimeout(30_000);
  page.on('pageerror', (error) => complaints.push(`${name}: ${error}`));
  await page.goto(device.address);
  return {
    device,
    page,
    async leave() {
      await context.close();
      running.delete(device);
      assert.equal(await device.stop(), 0);
    },
  };
}

const online = (page) =>
  eventually(page, async () => (await window.go.app.API.Start()).network.servers.some((one) => one.state === 'online'));

async function firstRun(name) {
  const person = await come(name);
  await online(person.page);
  await person.device.said('mail comes here');
  return person;
}

/** The dialog, opened from the mark beside the message. */
async function open(page, title) {
  await page.getByRole('button', { name: /What happened to this message$/ }).last().click();
  const dialog = page.getByRole('dialog', { name: title });
  await dialog.waitFor();
  return dialog;
}

const steps = (dialog) => dialog.getByRole('listitem').allInnerTexts();

/** Pictures in both themes and languages, of which the last is left. */
async function pictures(page, name) {
  for (const language of ['zh-CN', 'en']) {
    for (const theme of ['dark', 'light']) {
      await page.evaluate(
        async ([theme, language]) => {
          const { settings } = await window.go.app.API.Start();
          await window.go.app.API.SaveSettings({ ...settings, theme, language });
        },
        [theme, language],
      );
      await page.waitForFunction(
        ([theme, language]) => document.documentElement.lang === language && document.documentElement.dataset.theme === theme,
        [theme, language],
      );
      await page.screenshot({ path: join(artifacts, `delivery-${name}-${theme}-${language.slice(0, 2)}.png`) });
    }
  }
}

test('two people meet', async () => {
  const ana = await firstRun('Ana');
  const link = await ana.page.evaluate(
    async () => (await window.go.app.API.CreateInvite({ label: '', uses: 1, days: 7 })).link,
  );
  const ben = await firstRun('Ben');
  await ben.page.evaluate((link) => window.go.app.API.SendRequest(link, 'Hello Ana, it is Ben'), link);
  await ana.page.getByText('Contact requests').click();
  await ana.page.getByRole('button', { name: 'Accept' }).click();
  await eventually(ben.page, async () => (await window.go.app.API.Start()).conversations[0]?.contact === 'mutual');
  await Promise.all([ana.leave(), ben.leave()]);
});

test('where a message waits, while a server is killed', async () => {
  const ana = await come('Ana');
  await online(ana.page);
  await ana.page.getByRole('complementary', { name: 'Conversations' }).getByRole('button', { name: 'Ben' }).click();
  const field = ana.page.getByRole('textbox', { name: 'Message Ben' });
  await field.fill(text);
  await ana.page.keyboard.press('Enter');
  await cluster.kill(1);
  await ana.page.getByRole('article').filter({ hasText: text }).waitFor();
  const dialog = await open(ana.page, 'Why isn’t this delivered?');
  await dialog.getByText(/^Stored in their mailbox at 127\.0\.0\.1:\d+/).waitFor();
  await dialog.getByText(/^It waits at 127\.0\.0\.1:\d+ until Ben starts Tincan/).waitFor();
  const told = await steps(dialog);
  assert.match(told[0], /^Written on this computer/);
  assert.match(told.at(-1), /^Stored in their mailbox at 127\.0\.0\.1:\d+\s+Kept there until \d+ \w+/);
  await pictures(ana.page, 'waiting');
  await ana.leave();
});

test('he comes, reads after that was acknowledged, and leaves', async () => {
  const ben = await come('Ben');
  await ben.device.said('a server keeps a letter');
  await ben.page.getByRole('complementary', { name: 'Conversations' }).getByRole('button', { name: 'Ana' }).click();
  await ben.page.getByRole('article').filter({ hasText: text }).waitFor();
  await ben.device.said('a server keeps a letter', 2);
  await ben.leave();
});

test('what happened to it since', async () => {
  const ana = await come('Ana');
  await ana.page.getByRole('complementary', { name: 'Conversations' }).getByRole('button', { name: 'Ben' }).click();
  await ana.page.getByRole('article', { name: new RegExp(`${text}.*Read`) }).waitFor();
  const dialog = await open(ana.page, 'How this was delivered');
  await dialog.getByText('Read', { exact: true }).waitFor();
  const told = await steps(dialog);
  const words = [/^Written on this computer/, /^Stored in their mailbox at 127/, /^Arrived on their computer\s+from the mailbox/, /^Read/];
  assert.equal(told.length, words.length, told.join('\n'));
  for (const [index, word] of words.entries()) assert.match(told[index], word);
  await pictures(ana.page, 'read');
  await ana.leave();
});

test('nobody complained', () => assert.deepEqual(complaints, []));
