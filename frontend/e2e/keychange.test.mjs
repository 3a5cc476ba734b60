// A key that changes on the shipped interface: whoever is there follows at once, whoever was away when they are back; first
// with servers that are nowhere but in the two apps, then with one of their own.
import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { judge, judgeAll, wellMade } from './judge.mjs';
import { article, composer, introduce, openNamed, openSettings, write } from './people.mjs';
import { artifacts, call, openPerson, startBrowser, startServer } from './programs.mjs';

let browser;
let server;
let away;
const people = {};

const conversations = async (page) => (await call(page, 'Start')).conversations;
const goingOn = async (page) => (await conversations(page)).find((row) => !row.next && !row.former);

before(async () => {
  await mkdir(artifacts, { recursive: true });
  away = await mkdtemp(join(tmpdir(), 'tincan-away-'));
  [browser, server] = await Promise.all([startBrowser(), startServer('--host', '127.0.0.1')]);
});

after(async () => {
  await browser?.close();
  for (const { device } of Object.values(people)) await device.stop();
  await server?.stop();
  await rm(away, { recursive: true, force: true });
});

/** Changes the key by the keyboard, and returns how the person is called from then on. */
async function changeKey(page) {
  const before = (await call(page, 'Start')).profile.peerId;
  await openSettings(page, 'Profile');
  await page.getByRole('button', { name: 'Change…', exact: true }).press('Enter');
  const dialog = page.getByRole('alertdialog', { name: 'Change your key?' });
  await dialog.getByText('You get a new key.').waitFor();
  await dialog.getByRole('button', { name: 'Change key' }).press('Enter');
  await page.getByText('You have a new key. Your contacts are being told.').waitFor();
  await dialog.waitFor({ state: 'detached' });
  await page.waitForFunction(() => document.activeElement?.textContent === 'Change…');
  const now = (await call(page, 'Start')).profile.peerId;
  assert.notEqual(now, before);
  await page.getByText(now).first().waitFor();
  await page.keyboard.press('Escape');
  return now;
}

/** They talk in both directions. */
async function talk(one, other, words) {
  await write(one, `${words} from here`);
  await article(other, `${words} from here`).waitFor();
  await write(other, `${words} from there`);
  await article(one, `${words} from there`).waitFor();
}

test('apps that are each other’s servers: a contact who is there follows, and both go on', async () => {
  people.Host = await openPerson(browser, 'Ana');
  people.Guest = await openPerson(browser, 'Ben', { size: { width: 720, height: 700 } });
  const { page: ana } = people.Host;
  const { page: ben } = people.Guest;
  await introduce(ana, ben, 'Hello Ana, it is Ben');
  await talk(ana, ben, 'before');
  const now = await changeKey(ana);
  // What was on screen goes on in the conversation of the new key.
  await article(ana, 'before from there').waitFor({ state: 'detached' });
  await composer(ana).waitFor();
  await ben.getByRole('button', { name: 'Go on there' }).press('Enter');
  await talk(ana, ben, 'after');
  assert.equal((await goingOn(ben)).peerId, now);
  await ben.getByText('What you wrote to each other before a key changed is kept.').waitFor();
  await judge(ben, 'keychange-hosted');
});

test('whoever had compared is told and holds back, until they send anyway', async () => {
  people.Ana = await openNamed(browser, server, 'Ana');
  people.Ben = await openNamed(browser, server, 'Ben', { size: { width: 720, height: 700 } });
  people.Cleo = await openNamed(browser, server, 'Cleo', { folder: away });
  const { page: ana } = people.Ana;
  const { page: ben } = people.Ben;
  const { page: cleo } = people.Cleo;
  await introduce(ana, cleo, 'Hello Ana, it is Cleo');
  await talk(ana, cleo, 'with Cleo');
  await introduce(ana, ben, 'Hello Ana, it is Ben');
  await talk(ana, ben, 'with Ben');
  await call(ben, 'Verify', (await goingOn(ben)).id, true);
  assert.equal(await people.Cleo.device.stop(), 0);

  await openSettings(ana, 'Profile');
  await ana.getByRole('button', { name: 'Change…', exact: true }).press('Enter');
  await ana.getByRole('alertdialog', { name: 'Change your key?' }).waitFor();
  await judgeAll(ana, 'keychange-dialog');
  await ana.keyboard.press('Escape');
  await ana.keyboard.press('Escape');
  await changeKey(ana);

  await ben.getByText('Ana has a new key since').waitFor();
  await judgeAll(ben, 'keychange-moved');
  await ben.getByRole('button', { name: 'Go on there' }).press('Enter');
  await ben.getByRole('alert').getByText('Ana has a new key, and you had compared the old one').waitFor();
  await judgeAll(ben, 'keychange-changed');
  await write(ben, 'this waits');
  assert.equal((await goingOn(ben)).queued, 1);
  assert.equal(await article(ana, 'this waits').count(), 0);
  await ben.getByRole('button', { name: 'Send anyway' }).press('Enter');
  await article(ana, 'this waits').waitFor();
  await talk(ana, ben, 'after');
  await ben.getByRole('button', { name: 'Show', exact: true }).press('Enter');
  await article(ben, 'with Ben from here').waitFor();
});

test('whoever was away follows when they are back, and finds what was written meanwhile', async () => {
  const { page: ana } = people.Ana;
  // The conversation of before is listed, too, while something in it is unread.
  const { id } = (await call(ana, 'Start')).conversations.find((one) => one.name === 'Cleo' && one.following);
  await ana.locator(`[data-row="${id}"]`).click();
  await ana.getByText('Cleo has not heard of your new key yet').waitFor();
  await judge(ana, 'keychange-following');
  await write(ana, 'written while you were away');
  people.Cleo = await openNamed(browser, server, 'Cleo', { folder: away });
  const { page: cleo } = people.Cleo;
  await cleo.locator('[data-row]').filter({ hasText: 'written while you were away' }).first().click();
  await article(cleo, 'written while you were away').waitFor();
  await ana.getByText('Cleo has not heard of your new key yet').waitFor({ state: 'detached' });
  await talk(cleo, ana, 'again');
});

test('nothing was complained of, and every screen is well made', () => {
  for (const { complaints } of Object.values(people)) assert.deepEqual(complaints, []);
  wellMade();
});
