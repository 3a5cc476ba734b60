// What a person can do with a whole conversation: real devices, and what the other side and the files have of it.
import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { judgeAll, wellMade } from './judge.mjs';
import { article, introduce, openNamed, write } from './people.mjs';
import { artifacts, call, startBrowser, startServer } from './programs.mjs';

const secret = 'xylophonquist under the third stone';
let browser;
let server;
let root;
const people = [];
let ana;
let ben;

before(async () => {
  await mkdir(artifacts, { recursive: true });
  root = await mkdtemp(join(tmpdir(), 'tincan-manage-'));
  [browser, server] = await Promise.all([startBrowser(), startServer()]);
  for (const name of ['Ana', 'Ben']) people.push(await openNamed(browser, server, name, { folder: join(root, name) }));
  [ana, ben] = people.map((one) => one.page);
  await introduce(ana, ben, 'Hello Ana, it is Ben');
});

after(async () => {
  await browser?.close();
  for (const person of people) await person.device.stop();
  await server?.stop();
  await rm(root, { recursive: true, force: true });
});

const list = (page) => page.getByRole('complementary', { name: 'Conversations' });
const row = (page, name) => list(page).getByRole('button', { name: new RegExp(`^${name}`) });
const conversations = async (page) => (await call(page, 'Start')).conversations;

/** Opens the menu of a row by the keyboard, as a reader of the screen does. */
async function menuOf(page, name) {
  await row(page, name).focus();
  await page.keyboard.press('Shift+F10');
  const menu = page.getByRole('menu', { name: `Conversation with ${name}` });
  await menu.waitFor();
  return menu;
}

async function choose(page, name, label) {
  const menu = await menuOf(page, name);
  await menu.getByRole('menuitem', { name: label }).click();
}

/** The dialog that asks: the safe button has the focus. */
async function asked(page, title) {
  const dialog = page.getByRole('alertdialog', { name: title });
  await dialog.waitFor();
  await dialog.getByRole('button', { name: 'Cancel' }).and(page.locator(':focus')).waitFor();
  return dialog;
}

/** Whether words are in any file of a profile. */
async function onDisk(name, words) {
  for (const file of await readdir(join(root, name), { recursive: true, withFileTypes: true })) {
    if (file.isFile() && (await readFile(join(file.parentPath, file.name))).includes(words)) return true;
  }
  return false;
}

/** Waits until something is so that no page tells. */
async function until(what, holds) {
  const end = Date.now() + 20_000;
  while (!(await holds())) if (Date.now() > end) assert.fail(`it never came that ${what}`);
}

test('pinned by the keyboard, and jumped to', async () => {
  await write(ana, secret);
  await article(ben, secret).waitFor();
  await menuOf(ana, 'Ben');
  await judgeAll(ana, 'manage-menu');
  await ana.keyboard.press('Enter'); // Pin is the first
  await list(ana).getByRole('list', { name: 'Pinned' }).waitFor();
  assert.equal((await conversations(ana))[0].pinned, 1);
  await row(ana, 'Ben').and(ana.locator(':focus')).waitFor();
  await ana.keyboard.press('Control+1');
  await ana.getByRole('heading', { level: 1, name: 'Ben' }).waitFor();
});

test('archived, until he writes', async () => {
  await choose(ana, 'Ben', 'Archive');
  await ana.getByText('Archived. It comes back when Ben writes.').waitFor();
  const fold = list(ana).getByRole('button', { name: '1 archived conversation' });
  assert.equal(await fold.getAttribute('aria-expanded'), 'false');
  assert.equal(await row(ana, 'Ben').count(), 0);
  await ana.keyboard.press('Control+z');
  await row(ana, 'Ben').waitFor();
  await choose(ana, 'Ben', 'Archive');
  await fold.click();
  await row(ana, 'Ben').waitFor();
  await judgeAll(ana, 'manage-archived');
  await write(ben, 'Are you coming?');
  await fold.waitFor({ state: 'detached' });
  await row(ana, 'Ben').click();
  await article(ana, 'Are you coming?').waitFor();
});

test('cleared here, kept there, gone from the files', async () => {
  assert.ok(await onDisk('Ana', secret), 'the words are not in the files: this test sees nothing');
  await choose(ana, 'Ben', 'Clear messages…');
  const dialog = await asked(ana, 'Clear the messages with Ben?');
  await judgeAll(ana, 'manage-clear');
  await dialog.getByRole('button', { name: 'Clear messages' }).click();
  await article(ana, secret).waitFor({ state: 'detached' });
  await until('the words left the files', async () => !(await onDisk('Ana', secret)));
  assert.ok(await onDisk('Ben', secret));
  assert.equal(await article(ben, secret).count(), 1);
  // Both log in anew, and compare what they have.
  await write(ben, 'After it was cleared');
  await article(ana, 'After it was cleared').waitFor();
  assert.equal(await article(ana, secret).count(), 0);
});

test('deleted, found with Ctrl K, back with a message', async () => {
  await choose(ana, 'Ben', 'Delete conversation…');
  const dialog = await asked(ana, 'Delete the conversation with Ben?');
  await judgeAll(ana, 'manage-delete');
  await dialog.getByRole('button', { name: 'Delete conversation' }).click();
  await row(ana, 'Ben').waitFor({ state: 'detached' });
  await until('the words left the files', async () => !(await onDisk('Ana', 'After it was cleared')));
  await ana.keyboard.press('Control+k');
  await ana.keyboard.type('Ben');
  await ana.getByRole('option', { name: /^Ben/ }).first().waitFor();
  await ana.keyboard.press('Escape');
  await write(ben, 'I am here again');
  await row(ana, 'Ben').click();
  await article(ana, 'I am here again').waitFor();
  assert.equal(await ana.getByRole('article').count(), 1);
});

test('forgotten: he is a stranger, and does not hear of it', async () => {
  await choose(ana, 'Ben', 'Forget contact…');
  const dialog = await asked(ana, 'Forget Ben?');
  await judgeAll(ana, 'manage-forget');
  await dialog.getByRole('button', { name: 'Forget, keep messages' }).click();
  await ana.getByText(/^Ben is not a contact any more\. To write again/).waitFor();
  await article(ana, 'I am here again').waitFor();
  await judgeAll(ana, 'manage-forgotten');
  await ben.getByRole('button', { name: /This line: (Waiting|Connecting)/ }).waitFor();
  await write(ben, 'Where did you go?');
  assert.equal((await conversations(ben))[0].contact, 'mutual');
  assert.equal((await conversations(ana))[0].contact, 'forgotten');

  // She asks again: the conversation goes on, and what he wrote meanwhile comes.
  const { link } = await call(ben, 'CreateInvite', { label: 'again', days: 7, uses: 1 });
  await call(ana, 'SendRequest', link, 'It is me again');
  await article(ana, 'Where did you go?').waitFor();
  await article(ben, 'It is me again').waitFor();

  await choose(ana, 'Ben', 'Forget contact…');
  await (await asked(ana, 'Forget Ben?')).getByRole('button', { name: 'Forget and erase' }).click();
  await row(ana, 'Ben').waitFor({ state: 'detached' });
  assert.deepEqual(await conversations(ana), []);
  await until('the words left the files', async () => !(await onDisk('Ana', 'Where did you go?')));
  assert.equal(await article(ben, 'Where did you go?').count(), 1);
});

test('every screen is well made', wellMade);
test('nobody complained', () => assert.deepEqual(people.flatMap((one) => one.complaints), []));
