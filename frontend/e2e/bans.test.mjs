// Bans on the shipped interface: somebody in the middle of a talk, whose tries are counted and not shown; the list out, away and in
// again; what cannot be banned.
import assert from 'node:assert/strict';
import { readFile, rm } from 'node:fs/promises';
import { after, before, test } from 'node:test';
import { judge, judgeAll, wellMade } from './judge.mjs';
import { article, composer, openSettings, startPair, write } from './people.mjs';
import { call, eventually } from './programs.mjs';

let pair;
let folder;
let people;

before(async () => {
  pair = await startPair();
  ({ people } = pair);
});

after(async () => {
  await pair?.end();
  if (folder) await rm(folder, { force: true });
});

const blocked = (page) => page.evaluate(async () => (await window.go.app.API.BansPage({ search: '', filter: 'all', column: 'added', descending: true, offset: 0, limit: 10 })).blocked);

test('a contact is banned in the middle of a talk, by keyboard, and the line closes at once', async () => {
  const { page: ana } = people.Ana;
  const { page: ben } = people.Ben;
  await write(ben, 'I am still writing');
  await article(ana, 'I am still writing').waitFor();
  await ana.keyboard.press('Control+i');
  const open = ana.locator('[data-pane="details"]').getByRole('button', { name: 'Ban Ben…' });
  await open.press('Enter');
  const dialog = ana.getByRole('alertdialog', { name: 'Ban Ben?' });
  await dialog.waitFor();
  await ana.waitForFunction(() => document.activeElement?.textContent === 'Cancel');
  await ana.keyboard.press('Enter');
  await dialog.waitFor({ state: 'detached' });
  await ana.waitForFunction(() => document.activeElement?.textContent === 'Ban Ben…');
  await ana.keyboard.press('Enter');
  await dialog.waitFor();
  await judgeAll(ana, 'ban-contact');
  await dialog.getByLabel('Reason').fill('writes at night');
  await dialog.getByRole('combobox', { name: 'Ends' }).selectOption('week');
  await dialog.getByText('Also tell my introduction servers').click();
  await dialog.getByRole('button', { name: 'Ban', exact: true }).press('Enter');
  await dialog.waitFor({ state: 'detached' });
  await ana.getByText('You banned Ben.').waitFor();
  await ana.getByRole('button', { name: 'This line: Banned' }).waitFor();
  await judgeAll(ana, 'banned');
});

test('their next try is counted, and shows nowhere', async () => {
  const { page: ana } = people.Ana;
  const { page: ben } = people.Ben;
  const before = await blocked(ana);
  await write(ben, 'Why do you not answer');
  await eventually(
    ana,
    async (count) => (await window.go.app.API.BansPage({ search: '', filter: 'all', column: 'added', descending: true, offset: 0, limit: 10 })).blocked > count,
    before,
  );
  assert.equal(await article(ana, 'Why do you not answer').count(), 0);
  assert.equal((await call(ana, 'Start')).conversations[0].unread, 0);
  assert.equal(await ben.getByText(/banned/i).count(), 0, 'they are not told');
  await openSettings(ana, 'Ban list');
  const row = ana.getByRole('row').filter({ hasText: 'writes at night' });
  await row.getByText('Your servers are told').waitFor({ state: 'attached' });
  assert.ok(Number(await row.getByRole('cell').nth(5).innerText()) >= 1);
  await judgeAll(ana, 'ban-list');
});

test('what cannot be banned is a sentence that helps, and what was meant is one press away', async () => {
  const { page: ana } = people.Ana;
  const form = ana.getByRole('form', { name: 'New ban' });
  const me = (await call(ana, 'Start')).profile.peerId;
  const kind = form.getByRole('combobox', { name: 'Ban' });
  const field = () => form.getByRole('textbox').first();
  await field().fill('198.51.100.0/33');
  await form.getByText('/33 is too long for IPv4, the most is /32.').waitFor();
  await judgeAll(ana, 'ban-wrong');
  await form.getByRole('button', { name: '198.51.100.0/24' }).press('Enter');
  assert.equal(await field().inputValue(), '198.51.100.0/24');
  await form.getByText('/33 is too long').waitFor({ state: 'detached' });
  for (const [text, sentence] of [
    [me, 'This would ban you.'],
    ['mail.*.example.net', 'A star can stand only at the beginning'],
    ['*', 'A star alone would be everybody.'],
    ['*.net', 'Anybody can have a name below this one'],
    // Where this computer is itself; that its introduction server is there, too, matters less.
    ['127.0.0.0/8', 'This would ban you.'],
  ]) {
    await field().fill(text);
    await form.getByText(sentence).waitFor();
    assert.equal(await form.getByRole('button', { name: 'Add' }).getAttribute('aria-disabled'), 'true', text);
  }
  await field().fill('');
  await kind.selectOption('domain');
  await field().fill('198.51.100.7');
  await form.getByText('This is an address and not a domain.').waitFor();
  await field().fill('');
});

test('a range and a domain are banned, and taken back', async () => {
  const { page: ana } = people.Ana;
  const form = ana.getByRole('form', { name: 'New ban' });
  const target = form.getByRole('textbox').first();
  // The kind was chosen before, and stays what was chosen.
  const kind = form.getByRole('combobox', { name: 'Ban' });
  for (const [one, text] of [
    ['range', '198.51.100.0/24'],
    ['range', '2001:db8:7::/64'],
    ['address', '203.0.113.9'],
    ['domain', '*.example.net'],
  ]) {
    await kind.selectOption(one);
    await target.fill(text);
    await target.press('Enter');
    await ana.getByRole('row').filter({ hasText: text }).waitFor();
    await ana.getByText(`Banned ${text}`).waitFor();
  }
  await ana.keyboard.press('Control+z');
  await ana.getByRole('row').filter({ hasText: '*.example.net' }).waitFor({ state: 'detached' });
  await target.fill('*.example.net');
  await target.press('Enter');
  await ana.getByText('Banned *.example.net').waitFor();
  const row = ana.getByRole('row').filter({ hasText: '203.0.113.9' });
  await row.focus();
  await ana.keyboard.press('Delete');
  await row.waitFor({ state: 'detached' });
  await ana.waitForFunction(() => document.activeElement?.tagName === 'TR');
  await ana.keyboard.press('Control+z');
  await row.waitFor();
});

test('the list goes out, away, and in again', async () => {
  const { page: ana } = people.Ana;
  await ana.getByRole('button', { name: 'Export' }).press('Enter');
  const toast = ana.getByText(/Wrote 5 bans to/);
  await toast.waitFor();
  folder = /\/.*\.txt/.exec(await toast.innerText())[0];
  const list = await readFile(folder, 'utf8');
  for (const text of ['198.51.100.0/24', '*.example.net', 'writes at night']) assert.ok(list.includes(text), text);

  await ana.getByRole('search').locator('..').getByRole('button', { name: 'Options' }).press('Enter');
  await ana.getByRole('menuitem', { name: 'Clear list…' }).press('Enter');
  await ana.getByRole('alertdialog', { name: 'Remove all 5 bans?' }).waitFor();
  await judgeAll(ana, 'ban-clear', { languages: ['en'] });
  await ana.getByRole('button', { name: 'Remove all' }).press('Enter');
  await ana.getByRole('main').getByText('Nobody is banned', { exact: true }).last().waitFor();
  await judgeAll(ana, 'ban-none', { languages: ['en'] });

  const old = Buffer.from('# an old list\nspam.example.org ; sells boats\n192.0.2.0/33\n192.0.2.77\nnot a thing at all\n');
  await ana.getByRole('button', { name: 'Import' }).press('Enter');
  const dialog = ana.getByRole('dialog', { name: 'Import bans' });
  await dialog.locator('input[type=file]').setInputFiles(folder);
  await dialog.getByText('5 bans added.').waitFor();
  await dialog.locator('input[type=file]').setInputFiles({ name: 'old.txt', mimeType: 'text/plain', buffer: old });
  await dialog.getByText(/2 bans added\..*2 lines could not be taken/).waitFor();
  await dialog.getByText('Line 3').waitFor();
  await dialog.getByText('Line 5').waitFor();
  await judgeAll(ana, 'ban-import');
  await dialog.getByRole('button', { name: 'Done' }).press('Enter');
  await dialog.waitFor({ state: 'detached' });
  await ana.waitForFunction(() => document.activeElement?.textContent === 'Import');
  await ana.getByRole('row').filter({ hasText: 'sells boats' }).waitFor();
  await ana.getByRole('row').filter({ hasText: 'writes at night' }).waitFor();
  await judge(ana, 'ban-imported');
});

test('the ban that came back with the list holds, and undo opens the line again', async () => {
  const { page: ana } = people.Ana;
  const { page: ben } = people.Ben;
  await ana.keyboard.press('Escape');
  await ana.locator('[data-row]').first().click();
  await ana.getByText('You banned Ben.').waitFor();
  await ana.getByRole('button', { name: 'Undo', exact: true }).last().press('Enter');
  await composer(ana).waitFor();
  await write(ana, 'Write by day');
  await article(ben, 'Write by day').waitFor();
  await write(ben, 'I do');
  await article(ana, 'I do').waitFor();
});

test('every screen is well made', wellMade);

test('nobody complained', () => {
  for (const [name, { complaints }] of Object.entries(people)) assert.deepEqual(complaints, [], name);
});
