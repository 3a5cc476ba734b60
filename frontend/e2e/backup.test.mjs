// A backup on the shipped interface: made with a passphrase and checked, restored on a clean folder through the first run. The
// restored device is a new one of the same person, and talks on.
import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { judge, judgeAll, wellMade } from './judge.mjs';
import { article, introduce, online, openNamed, openSettings, write } from './people.mjs';
import { artifacts, call, openPage, startBrowser, startDevice, startServer } from './programs.mjs';

const words = 'seven knots of twine';
let browser;
let server;
let file;
let whole;
let automaticFile;
let automatic;
let clean;
const people = {};

before(async () => {
  await mkdir(artifacts, { recursive: true });
  clean = await mkdtemp(join(tmpdir(), 'tincan-clean-'));
  [browser, server] = await Promise.all([startBrowser(), startServer('--host', '127.0.0.1')]);
  people.Ana = await openNamed(browser, server, 'Ana');
  people.Ben = await openNamed(browser, server, 'Ben', { size: { width: 720, height: 700 } });
  await introduce(people.Ana.page, people.Ben.page, 'Hello Ana, it is Ben');
  await write(people.Ana.page, 'Keep this one');
  await article(people.Ben.page, 'Keep this one').waitFor();
});

after(async () => {
  await browser?.close();
  for (const { device } of Object.values(people)) await device.stop();
  await server?.stop();
  await rm(clean, { recursive: true, force: true });
  for (const one of [file, automaticFile]) if (one) await rm(one, { force: true });
});

/** Every step that the page's words about progress go through. */
const watchSteps = (page) =>
  page.evaluate(() => {
    window.steps = [];
    new MutationObserver(() => {
      const step = document.querySelector('progress')?.parentElement?.textContent;
      if (step && window.steps.at(-1) !== step) window.steps.push(step);
    }).observe(document.body, { childList: true, subtree: true, characterData: true, attributes: true });
  });

test('a backup is made, opened again and checked, and the page says where it is', async () => {
  const { page: ana } = people.Ana;
  await openSettings(ana, 'Storage & backup');
  await ana.getByText('No backup yet.').waitFor();
  await ana.getByRole('button', { name: 'Back up now' }).press('Enter');
  const dialog = ana.getByRole('dialog', { name: 'Back up' });
  await dialog.getByLabel('Passphrase of the backup').fill('short');
  await dialog.getByLabel('The same once more').fill('short');
  await ana.keyboard.press('Enter');
  await dialog.getByText('A passphrase has 8 to 1000 characters').waitFor();
  await judgeAll(ana, 'backup');
  await dialog.getByLabel('Passphrase of the backup').fill(words);
  await ana.keyboard.press('Enter');
  await dialog.getByText('The two are not the same').waitFor();
  await dialog.getByLabel('The same once more').fill(words);
  await watchSteps(ana);
  await ana.keyboard.press('Enter');
  const said = dialog.getByText('It was opened again and checked.');
  await said.waitFor();
  const steps = await ana.evaluate(() => window.steps);
  assert.ok(steps.includes('Opening it again to check it'), String(steps));
  await ana.waitForFunction(() => document.activeElement?.textContent === 'Close');
  await judgeAll(ana, 'backup-done');
  file = /\/\S+\.tincan-backup/.exec(await said.innerText())[0];
  whole = await readFile(file);
  assert.ok(!whole.includes('Keep this one'));
  await ana.keyboard.press('Enter');
  await dialog.waitFor({ state: 'detached' });
  await ana.waitForFunction(() => document.activeElement?.textContent === 'Back up now');
  await ana.getByText('Last backup:').waitFor();
  await judge(ana, 'backed-up');

  // From then on by itself: the first one is made at once, and is restored below.
  const every = ana.getByRole('combobox', { name: 'Automatic backup' });
  await every.selectOption('week');
  const first = ana.getByRole('dialog', { name: 'Automatic backup' });
  await first.getByLabel('Passphrase of the backup').fill(words);
  await first.getByLabel('The same once more').fill(words);
  await judgeAll(ana, 'automatic');
  await ana.keyboard.press('Enter');
  const made = first.getByText('It was opened again and checked.');
  await made.waitFor();
  automaticFile = /\/\S+\.tincan-backup/.exec(await made.innerText())[0];
  assert.match(automaticFile, /tincan-Ana-auto-/);
  automatic = await readFile(automaticFile);
  assert.ok(!automatic.includes('Keep this one'));
  await ana.keyboard.press('Enter');
  await first.waitFor({ state: 'detached' });
  await ana.getByRole('button', { name: 'Change', exact: true }).nth(1).waitFor();
  assert.equal(await every.inputValue(), 'week');
  // Another period needs no passphrase.
  await every.selectOption('day');
  await ana.waitForFunction(() => document.querySelector('[data-page=storage] select')?.value === 'day');
  assert.equal((await call(ana, 'Storage')).automatic.every, 'day');
  await judge(ana, 'automatic-on');
  await ana.keyboard.press('Escape');
  await ana.locator('[data-row]').first().click();
  await write(ana, 'Written after the backup');
  await article(people.Ben.page, 'Written after the backup').waitFor();
  people.Ana.who = (await call(ana, 'Start')).profile.peerId;
});

test('a clean folder: what is no backup, a cut one and a wrong passphrase are each a sentence', async () => {
  await people.Ana.page.context().close();
  assert.equal(await people.Ana.device.stop(), 0);
  const old = people.Ana;
  const device = await startDevice({ folder: clean, options: ['--no-host'] });
  people.Ana = { ...(await openPage(browser, device)), who: old.who };
  assert.deepEqual(old.complaints, []);
  const { page: ana } = people.Ana;
  await ana.getByRole('button', { name: 'Restore from a backup' }).press('Enter');
  await ana.getByRole('heading', { name: 'Restore from a backup' }).waitFor();
  await ana.waitForFunction(() => document.activeElement?.textContent === 'Choose a file');
  await judgeAll(ana, 'restore', { languages: ['en'] });
  const give = (name, buffer) => ana.locator('input[type=file]').setInputFiles({ name, mimeType: 'application/octet-stream', buffer });
  const field = ana.getByLabel('Passphrase of the backup');

  await give('notes.tincan-backup', Buffer.from('Only some notes.'));
  // The focus goes on to the passphrase once a file is there.
  await ana.locator('input[type=password]:focus').waitFor();
  await ana.keyboard.type(words);
  await ana.keyboard.press('Enter');
  await ana.getByText('This is not a backup that Tincan made.').waitFor();

  await give('cut.tincan-backup', whole.subarray(0, Math.floor(whole.length * 0.7)));
  await ana.keyboard.press('Enter');
  await ana.getByText('This backup is cut short or was changed, so nothing was restored.').waitFor();
  await judgeAll(ana, 'restore-cut', { languages: ['en'] });

  await give('ana.tincan-backup', automatic);
  await field.fill('seven knots of rope');
  await ana.keyboard.press('Enter');
  await ana.getByText('That passphrase does not open this backup. Check for a missing word.').waitFor();
  await judge(ana, 'restore-wrong');
  assert.equal((await call(ana, 'Start')).firstRun, true);
});

test('the right one brings everything back, on a new device of the same person, who talks on', async () => {
  const { page: ana, who } = people.Ana;
  const { page: ben } = people.Ben;
  await ana.getByLabel('Passphrase of the backup').fill(words);
  await ana.keyboard.press('Enter');
  await ana.getByRole('complementary', { name: 'Conversations' }).waitFor();
  const state = await call(ana, 'Start');
  assert.equal(state.profile.peerId, who);
  assert.equal(state.profile.name, 'Ana');
  await online(ana);
  await ana.locator('[data-row]').first().click();
  await article(ana, 'Keep this one').waitFor();
  // What came after the backup comes from Ben, once the two found each other again.
  await article(ana, 'Written after the backup').waitFor({ timeout: 120_000 });
  await write(ana, 'I am back, on a new computer');
  await article(ben, 'I am back, on a new computer').waitFor();
  await write(ben, 'Good to hear you');
  await article(ana, 'Good to hear you').waitFor();
  await judge(ana, 'restored');
  const [one, other] = await Promise.all(
    [ana, ben].map((page) =>
      page.evaluate(async () => {
        const [{ id }] = (await window.go.app.API.Start()).conversations;
        return (await window.go.app.API.PageLast(id, 50)).messages.map((message) => message.text);
      }),
    ),
  );
  assert.deepEqual(one, other);
});

test('where somebody is, a backup replaces them, and says where they are put', async () => {
  const { page: ana, who } = people.Ana;
  await openSettings(ana, 'Storage & backup');
  await ana.getByRole('button', { name: 'Choose a file' }).press('Enter');
  const dialog = ana.getByRole('dialog', { name: 'Restore from a backup' });
  await dialog.getByText('is put aside in the data folder').waitFor();
  await dialog.locator('input[type=file]').setInputFiles({ name: 'ana.tincan-backup', mimeType: 'application/octet-stream', buffer: whole });
  await dialog.locator('input[type=password]:focus').waitFor();
  await judgeAll(ana, 'replace');
  await ana.keyboard.type('seven knots of rope');
  await ana.keyboard.press('Enter');
  await dialog.getByText('That passphrase does not open this backup. Check for a missing word.').waitFor();
  await dialog.getByLabel('Passphrase of the backup').fill(words);
  await ana.keyboard.press('Enter');
  const said = ana.getByText(/before-restore-\d{4}-\d\d-\d\d-\d{6}/);
  await said.waitFor();
  const [folder] = /before-restore-[\d-]+/.exec(await said.innerText());
  assert.ok((await stat(join(clean, folder, 'tincan.db'))).size > 0);
  await dialog.waitFor({ state: 'detached' });
  await ana.keyboard.press('Escape');
  assert.equal((await call(ana, 'Start')).profile.peerId, who);
  await online(ana);
  await ana.locator('[data-row]').first().click();
  // What came after that backup comes from Ben, also from the device between.
  for (const text of ['Written after the backup', 'I am back, on a new computer', 'Good to hear you'])
    await article(ana, text).waitFor({ timeout: 120_000 });
  // What came back is where it was.
  await ana.waitForFunction(async () => (await window.go.app.API.Start()).conversations[0].queued === 0);
});

test('every screen is well made', wellMade);

test('nobody complained', () => {
  for (const [name, { complaints }] of Object.entries(people)) assert.deepEqual(complaints, [], name);
});
