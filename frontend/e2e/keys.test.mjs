// The key on the shipped interface: a passphrase, the lock, and an exported conversation that anybody can check.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { promisify } from 'node:util';
import { judge, judgeAll, wellMade } from './judge.mjs';
import { article, composer, openSettings, startPair, write } from './people.mjs';
import { bin, call, eventually } from './programs.mjs';

const first = 'three dry oars';
const second = 'four wet paddles';
let pair;
let people;

before(async () => {
  pair = await startPair();
  ({ people } = pair);
});

after(async () => {
  await pair?.end();
});

/** Changes the protection in its dialog, which the focus comes back from. */
async function change(page, { to, old, fresh, again = fresh }) {
  await page.getByRole('button', { name: 'Change', exact: true }).press('Enter');
  const dialog = page.getByRole('dialog', { name: 'Key protection' });
  await dialog.getByRole('combobox', { name: 'Where the key is kept' }).selectOption(to);
  if (old !== undefined) await dialog.getByLabel('Passphrase now').fill(old);
  if (fresh !== undefined) {
    await dialog.getByLabel('New passphrase').fill(fresh);
    await dialog.getByLabel('The same once more').fill(again);
  }
  await page.keyboard.press('Enter');
  return dialog;
}

const done = async (page, dialog) => {
  await dialog.waitFor({ state: 'detached' });
  await page.getByText('Protection changed').waitFor();
  await page.waitForFunction(() => document.activeElement?.textContent === 'Change');
};

test('a passphrase is set; what is too short or differs is a sentence at its field', async () => {
  const { page: ana } = people.Ana;
  await openSettings(ana, 'Storage & backup');
  await judgeAll(ana, 'storage');
  assert.equal(await ana.getByRole('combobox', { name: 'Lock by itself' }).count(), 0);
  let dialog = await change(ana, { to: 'passphrase', fresh: 'short' });
  await dialog.getByText('A passphrase has 8 to 1000 characters').waitFor();
  await dialog.getByLabel('New passphrase').fill(first);
  await ana.keyboard.press('Enter');
  await dialog.getByText('The two are not the same').waitFor();
  await judgeAll(ana, 'protection');
  await dialog.getByLabel('The same once more').fill(first);
  await ana.keyboard.press('Enter');
  await done(ana, dialog);
  await ana.getByText('it is made from your passphrase').waitFor();
  dialog = await change(ana, { to: 'passphrase', old: 'not this one', fresh: second });
  await dialog.getByText('That passphrase does not open this profile').waitFor();
  await ana.keyboard.press('Escape');
  await dialog.waitFor({ state: 'detached' });
});

test('locked by hand: nothing of the profile shows, and what is written meanwhile waits', async () => {
  const { page: ana } = people.Ana;
  const { page: ben } = people.Ben;
  await ana.getByRole('button', { name: 'Lock now' }).press('Enter');
  await ana.getByRole('heading', { name: 'Locked' }).waitFor();
  await ana.locator('input[type=password]:focus').waitFor();
  assert.equal(await ana.getByText('Ben').count(), 0);
  await judgeAll(ana, 'locked', { languages: ['en'] });
  await write(ben, 'The gate is open');
  await ben.getByRole('article', { name: /The gate is open.*mailbox/i }).waitFor();

  await ana.keyboard.type('three dry boats');
  await ana.keyboard.press('Enter');
  await ana.getByText('That passphrase does not open this profile. Check for a missing word.').waitFor();
  // What was typed is selected: the next try needs no clearing.
  await ana.locator('input[type=password]:focus').waitFor();
  await judge(ana, 'locked-wrong');
  await ana.keyboard.type(first);
  await ana.keyboard.press('Enter');
  await ana.getByRole('heading', { name: 'Locked' }).waitFor({ state: 'detached' });
  await ana.getByRole('complementary', { name: 'Conversations' }).getByText('The gate is open').waitFor();
  await ana.locator('[data-row]').first().click();
  await article(ana, 'The gate is open').waitFor();
  await write(ana, 'I come through it');
  await article(ben, 'I come through it').waitFor();
});

test('the passphrase is changed, and only the new one opens', async () => {
  const { page: ana } = people.Ana;
  await openSettings(ana, 'Storage & backup');
  await done(ana, await change(ana, { to: 'passphrase', old: first, fresh: second }));
  await ana.getByRole('button', { name: 'Lock now' }).press('Enter');
  await ana.getByLabel('Passphrase').fill(first);
  await ana.keyboard.press('Enter');
  await ana.getByText('That passphrase does not open this profile').waitFor();
  await ana.keyboard.type(second);
  await ana.keyboard.press('Enter');
  await ana.getByRole('heading', { name: 'Locked' }).waitFor({ state: 'detached' });
});

test('it locks by itself after a minute in which nobody was there', async () => {
  const { page: ana } = people.Ana;
  await openSettings(ana, 'Storage & backup');
  await ana.clock.install();
  await ana.getByRole('combobox', { name: 'Lock by itself' }).selectOption('1');
  await eventually(ana, async () => (await window.go.app.API.Start()).settings.lockAfter === 1);
  await ana.clock.runFor(50_000);
  await ana.keyboard.press('Shift');
  await ana.clock.runFor(50_000);
  assert.equal(await ana.getByRole('heading', { name: 'Locked' }).count(), 0, 'a key was pressed 50 seconds ago');
  await ana.clock.runFor(30_000);
  await ana.getByRole('heading', { name: 'Locked' }).waitFor();
  await ana.clock.resume();
  await ana.getByLabel('Passphrase').fill(second);
  await ana.keyboard.press('Enter');
  await ana.getByRole('heading', { name: 'Locked' }).waitFor({ state: 'detached' });
});

test('the passphrase is taken away again, and nothing is left to lock with', async () => {
  const { page: ana } = people.Ana;
  await openSettings(ana, 'Storage & backup');
  await done(ana, await change(ana, { to: 'file', old: second }));
  await ana.getByText('In the data folder. Whoever can read your files can read it.').waitFor();
  assert.equal(await ana.getByRole('button', { name: 'Lock now' }).getAttribute('aria-disabled'), 'true');
  await ana.keyboard.press('Escape');
});

test('an exported conversation is checked by a program, and one changed letter is found', async () => {
  const { page: ana } = people.Ana;
  const { page: ben } = people.Ben;
  const check = (folder) =>
    promisify(execFile)(join(bin, 'tincan-node'), ['verify-export', folder]).then(
      ({ stdout }) => stdout,
      ({ stderr, code }) => {
        assert.notEqual(code, 0);
        return stderr;
      },
    );
  for (const [page, name, language] of [
    [ana, 'Ben', 'en'],
    [ben, 'Ana', 'zh-CN'],
  ]) {
    const { settings } = await call(page, 'Start');
    await call(page, 'SaveSettings', { ...settings, language });
    await page.locator(`html[lang="${language}"]`).waitFor();
    if ((await page.locator('[data-pane="details"]').count()) === 0) {
      await composer(page).or(page.locator('[data-row]').first()).first().click();
      await composer(page).waitFor();
      await page.keyboard.press('Control+i');
    }
    const details = page.locator('[data-pane="details"]');
    await details.getByRole('button', { name: language === 'en' ? 'Export conversation' : '导出对话' }).press('Enter');
    const said = details.getByRole('status').filter({ hasText: 'tincan-' });
    await said.waitFor();
    await judge(page, `exported-${language}`);
    const folder = /\/\S+/.exec(await said.innerText())[0].replace(/[。.]$/, '');
    const html = join(folder, 'conversation.html');
    assert.match(await check(folder), /The export holds: 3 messages/);
    const text = await readFile(html, 'utf8');
    for (const words of language === 'en' ? ['Ana and Ben', 'Times are UTC'] : ['Ben 与 Ana', '时间为 UTC', 'lang="zh-CN"'])
      assert.ok(text.includes(words), `${name}: ${words}`);
    const context = await pair.browser.newContext({ viewport: { width: 720, height: 560 } });
    const shown = await context.newPage();
    await shown.goto(`file://${html}`);
    await shown.getByText('The gate is open').waitFor();
    await judge(shown, `export-page-${language}`);
    await context.close();
    for (const file of [html, join(folder, 'conversation.json')]) {
      const whole = await readFile(file);
      const changed = Buffer.from(whole);
      changed[Math.floor(whole.length / 2)] ^= 1;
      await writeFile(file, changed);
      assert.match(await check(folder), /Do not believe it|no conversation that Tincan exported/);
      await writeFile(file, whole);
    }
    assert.match(await check(folder), /The export holds/);
    await rm(folder, { recursive: true });
  }
});

test('every screen is well made', wellMade);

test('nobody complained', () => {
  for (const [name, { complaints }] of Object.entries(people)) assert.deepEqual(complaints, [], name);
});
