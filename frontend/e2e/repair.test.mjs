// A history whose pages are really damaged is repaired in the window, and what was lost comes back from the other person.
import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { artifacts, call, eventually, openPage, openPerson, startBrowser, startDevice } from './programs.mjs';

const pageSize = 4096;
let browser;
let folder;
let conversation;
const people = {};

const picture = (page, name) => page.screenshot({ path: join(artifacts, `browser-${name}.png`) });

before(async () => {
  await mkdir(artifacts, { recursive: true });
  folder = await mkdtemp(join(tmpdir(), 'tincan-damaged-'));
  browser = await startBrowser();
});

after(async () => {
  await browser?.close();
  for (const { device } of Object.values(people)) await device.stop();
  await rm(folder, { recursive: true, force: true });
});

test('two people have a history', async () => {
  people.Ana = await openPerson(browser, 'Ana', { folder });
  people.Ben = await openPerson(browser, 'Ben');
  const { page: ana } = people.Ana;
  const { page: ben } = people.Ben;
  const { link } = await call(ana, 'CreateInvite', { label: '', days: 7, uses: 1 });
  await call(ben, 'SendRequest', link, 'Hello Ana, it is Ben');
  await ana.getByText('Contact requests').click();
  await ana.getByRole('button', { name: 'Accept' }).click();
  await ana.getByRole('textbox', { name: 'Message Ben' }).waitFor();
  conversation = (await call(ana, 'Start')).conversations[0].id;
  for (let count = 1; count <= 150; count++) await call(ana, 'SendText', conversation, `Harbour log ${count}.`);
  await eventually(
    ben,
    async (id) => (await window.go.app.API.PageLast(id, 1)).messages[0]?.text === 'Harbour log 150.',
    conversation,
  );
});

test('damaged pages: the history is shown, and a repair is offered', async () => {
  await people.Ana.page.close();
  assert.equal(await people.Ana.device.stop(), 0);
  const file = join(folder, 'tincan.db');
  const data = await readFile(file);
  // The last message is looked at by every start, whatever else there is time for.
  for (const text of ['Harbour log 75.', 'Harbour log 150.']) {
    const at = data.indexOf(text);
    assert.ok(at > 0, `${text} is in the database`);
    const begin = Math.floor(at / pageSize) * pageSize;
    data.fill(0xa5, begin, begin + pageSize);
  }
  await writeFile(file, data);

  const device = await startDevice({ folder });
  people.Ana = await openPage(browser, device);
  const { page: ana } = people.Ana;
  await ana.getByRole('button', { name: /Ben/ }).first().click();
  await ana.getByText('Your history is damaged and open for reading only.').first().waitFor();
  await picture(ana, 'damaged');
});

test('the repair says what it does, does it without a restart, and tells what came over', async () => {
  const { page: ana } = people.Ana;
  await ana.getByRole('button', { name: 'Repair…' }).focus();
  await ana.keyboard.press('Enter');
  const dialog = ana.getByRole('dialog', { name: 'Repair your history' });
  await dialog.getByText('What may be lost').waitFor();
  await picture(ana, 'repair');
  await ana.waitForFunction(() => document.activeElement?.textContent === 'Repair now');
  await ana.keyboard.press('Enter');
  await dialog.getByText(/entries came over\. The rest comes back/).waitFor();
  await ana.waitForFunction(() => document.activeElement?.textContent === 'Close');
  await picture(ana, 'repaired');
  await ana.keyboard.press('Enter');
  await dialog.waitFor({ state: 'detached' });
  // The button that led there is gone with the trouble.
  await ana.locator('[data-composer]:focus').waitFor();
  assert.equal(await ana.getByText('open for reading only').count(), 0);
  const state = await call(ana, 'Start');
  assert.equal(state.problem, undefined);
  const kept = (await readdir(folder)).filter((name) => name.startsWith('tincan-damaged-') && name.endsWith('.db'));
  assert.deepEqual(kept, [state.notice.params.file]);
});

test('what was lost comes back, and both go on', async () => {
  const { page: ana } = people.Ana;
  const { page: ben } = people.Ben;
  const texts = (page) =>
    page.evaluate(async (id) => (await window.go.app.API.PageLast(id, 200)).messages.map((one) => one.text), conversation);
  await eventually(
    ana,
    async (id) => (await window.go.app.API.PageLast(id, 200)).messages.length === 151,
    conversation,
  );
  assert.deepEqual(await texts(ana), await texts(ben));
  await ana.getByRole('textbox', { name: 'Message Ben' }).fill('All of it is back');
  await ana.keyboard.press('Enter');
  await ben.getByText('All of it is back').first().waitFor();
  await ana.getByRole('button', { name: 'Dismiss' }).click();
  await ana.getByText('Your history was repaired').waitFor({ state: 'detached' });
  await picture(ana, 'repaired-whole');
});

test('nobody complained', () => {
  for (const [name, { complaints }] of Object.entries(people)) assert.deepEqual(complaints, [], name);
});
