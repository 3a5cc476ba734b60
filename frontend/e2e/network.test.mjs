// The network view over real lines: one contact on a direct line, one who is away, one who is banned; the picture, the table and
// the header of the conversation say the same.
import assert from 'node:assert/strict';
import { mkdir } from 'node:fs/promises';
import { after, before, test } from 'node:test';
import { judge, judgeAll, wellMade } from './judge.mjs';
import { article, composer, openNamed, write } from './people.mjs';
import { artifacts, call, eventually, startBrowser, startServer } from './programs.mjs';

let browser;
let server;
const people = {};

before(async () => {
  await mkdir(artifacts, { recursive: true });
  [browser, server] = await Promise.all([startBrowser(), startServer('--host', '127.0.0.1')]);
  people.Ana = await openNamed(browser, server, 'Ana');
  for (const name of ['Ben', 'Cleo', 'Dora']) people[name] = await openNamed(browser, server, name);
  for (const name of ['Ben', 'Cleo', 'Dora']) await meet(people.Ana.page, people[name].page, `Hello Ana, it is ${name}`);
});

after(async () => {
  await browser?.close();
  for (const { device } of Object.values(people)) await device?.stop();
  await server?.stop();
});

const rowOf = async (page, name) => (await call(page, 'Start')).conversations.find((row) => row.name === name);

/** Waits until what the app knows of somebody is so. */
const until = (page, name, what, value) =>
  eventually(
    page,
    async ([who, key, wanted]) => {
      const row = (await window.go.app.API.Start()).conversations.find((one) => one.name === who);
      return [row?.line.state, row?.presence, row?.contact].includes(wanted) && key !== '';
    },
    [name, what, value],
  );

/** They become contacts, and the line opens. */
async function meet(host, guest, greeting) {
  const { link } = await call(host, 'CreateInvite', { label: '', days: 7, uses: 1 });
  await call(guest, 'SendRequest', link, greeting);
  await eventually(host, async () => (await window.go.app.API.Start()).requests.length === 1);
  const [request] = (await call(host, 'Start')).requests;
  await call(host, 'AcceptRequest', request.id);
  await eventually(guest, async () => (await window.go.app.API.Start()).conversations[0]?.contact === 'mutual');
}

const node = (page, name) => page.locator('button[data-node]').filter({ hasText: new RegExp(`^.?${name},`) });
/** What is said of a lid; the letter on it is not. */
const said = (page, name) => node(page, name).evaluate((lid) => lid.lastElementChild.textContent);
const cells = async (page, name) =>
  (await page.getByRole('row').filter({ has: page.getByRole('rowheader', { name }) }).locator('td').allInnerTexts()).map((text) => text.trim());

test('the network opens by the keyboard, shows who is there and how, and is well made', async () => {
  const { page } = people.Ana;
  const dora = await rowOf(page, 'Dora');
  await call(page, 'AddBan', { kind: 'peer', target: dora.peerId, reason: '', ends: '', tell: false });
  await until(page, 'Dora', 'contact', 'banned');
  await people.Cleo.device.stop();
  people.Cleo.device = undefined;
  await until(page, 'Cleo', 'presence', 'offline');
  await page.locator('[data-row]').filter({ hasText: 'Ben' }).first().click();
  await composer(page).waitFor();
  await page.getByRole('button', { name: /This line: (LAN|Direct) · \d+ ms/ }).waitFor();
  await composer(page).focus();
  await page.keyboard.press('Control+Shift+N');
  await page.getByRole('tab', { name: 'Picture', selected: true }).waitFor();
  await node(page, 'Ben').waitFor();
  assert.match(await said(page, 'Ben'), /^Ben, (LAN|Direct), \d+ ms$/);
  // Who goes is shown as there for three seconds.
  await node(page, 'Cleo').filter({ hasText: 'Cleo, Waiting' }).waitFor();
  assert.equal(await said(page, 'Dora'), 'Dora, Banned');
  assert.equal(await page.getByRole('button', { name: /introduction server/ }).count(), 1);
  await judgeAll(page, 'network-picture');
});

test('whoever is banned has no line, who is away has one that sags, and who is there has one that is taut', async () => {
  const { page } = people.Ana;
  const forms = async (name) => {
    const { id } = await rowOf(page, name);
    return page.locator(`g:has(> [data-strand="person-${id}"])`).evaluateAll((all) => all.map((one) => one.dataset.form));
  };
  assert.match((await forms('Ben')).join(), /^(double|taut)$/);
  assert.deepEqual(await forms('Cleo'), ['sagging']);
  assert.deepEqual(await forms('Dora'), []);
});

test('Enter on a lid opens its facts, Esc goes back to the lid, and the arrows go around', async () => {
  const { page } = people.Ana;
  await page.getByRole('tab', { name: 'Picture' }).focus();
  for (let tries = 0; tries < 12; tries++) {
    if (await page.evaluate(() => document.activeElement?.dataset.node === 'me')) break;
    await page.keyboard.press('Tab');
  }
  await page.keyboard.press('ArrowRight');
  assert.match(await page.evaluate(() => document.activeElement.lastElementChild.textContent), /^Ben, /);
  await page.keyboard.press('Enter');
  const card = page.getByRole('complementary', { name: 'Selected line' });
  await card.getByText('Ben', { exact: true }).waitFor();
  await card.getByText(/^(LAN|Direct) · \d+ ms$/).waitFor();
  await card.getByText('End to end').waitFor();
  await card.getByText(/^IPv[46]$/).waitFor();
  await page.waitForFunction(() => document.activeElement?.textContent === 'Open conversation');
  await judgeAll(page, 'network-card');
  assert.equal((await page.locator('[data-place="network"]').innerText()).includes('127.0.0.1'), (await page.locator('[data-at^="server-"]').innerText()).includes('127.0.0.1'), 'the only address is that of the server');
  await page.keyboard.press('Escape');
  await page.waitForFunction(() => document.activeElement?.lastElementChild?.textContent.startsWith('Ben, '));
});

test('what is written is counted, and a bead travels', async () => {
  const { page } = people.Ana;
  const { id } = await rowOf(page, 'Ben');
  const sent = async () => (await call(page, 'Traffic')).lines.find((line) => line.conversation === id).sent;
  const before = await sent();
  const bead = page.locator(`g:has(> [data-strand="person-${id}"]) [data-strand]`).nth(1);
  await Promise.all([bead.waitFor({ state: 'attached' }), call(page, 'SendText', id, 'Do you hear the string')]);
  assert.ok((await sent()) > before);
  await bead.waitFor({ state: 'detached' });
});

/** As it is shown: every 10 ms above 100. */
const delay = ({ rtt }) => `${rtt < 100 ? rtt : Math.round(rtt / 10) * 10} ms`;

test('the table says the same as the picture and as the header of the conversation', async () => {
  const { page } = people.Ana;
  await page.keyboard.press('Control+Shift+N');
  await page.getByRole('tab', { name: 'Table', selected: true }).waitFor();
  await page.getByRole('row').filter({ hasText: 'Cleo' }).waitFor();
  const { line } = await rowOf(page, 'Ben');
  const ben = await cells(page, 'Ben');
  assert.match(ben[0], /^(LAN|Direct)$/);
  assert.equal(ben[1], delay(line));
  assert.match(ben[3], /\d/);
  assert.deepEqual((await cells(page, 'Cleo')).slice(0, 3), ['Waiting', '—', '—']);
  assert.deepEqual((await cells(page, 'Dora')).slice(0, 3), ['Banned', '—', '—']);
  await judgeAll(page, 'network-table');
  // The card scrolls at its side, the page does not.
  await page.setViewportSize({ width: 720, height: 560 });
  const wide = await page.locator('table').first().evaluate((table) => ({ table: table.scrollWidth, card: table.parentElement.clientWidth, page: document.documentElement.scrollWidth }));
  assert.ok(wide.page <= 720, `${wide.page} px`);
  assert.ok(wide.table >= wide.card);
  await page.setViewportSize({ width: 1200, height: 800 });

  const row = page.getByRole('row').filter({ hasText: 'Ben' });
  await row.focus();
  await page.keyboard.press('Enter');
  await composer(page).waitFor();
  const chip = page.getByRole('button', { name: /This line: / });
  assert.equal((await chip.innerText()).trim(), `${ben[0]} · ${delay((await rowOf(page, 'Ben')).line)}`);
  await page.waitForFunction(() => document.activeElement?.matches('[data-composer]'));
});

test('Esc leaves to where the focus was; the bar at the foot and the switcher lead there too', async () => {
  const { page } = people.Ana;
  await composer(page).focus();
  await page.keyboard.press('Control+Shift+N');
  await page.getByRole('tab', { name: 'Table' }).waitFor();
  await page.keyboard.press('Escape');
  await page.waitForFunction(() => document.activeElement?.matches('[data-composer]'));
  await page.getByRole('button', { name: /^Network Ana/ }).press('Enter');
  await page.getByRole('heading', { name: 'Network', level: 1 }).waitFor();
  await page.getByRole('button', { name: 'Close', exact: true }).click();
  await page.keyboard.press('Control+k');
  await page.getByRole('dialog').getByRole('combobox').fill('netw');
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'Network', level: 1 }).waitFor();
  await page.keyboard.press('Escape');
  await page.setViewportSize({ width: 720, height: 560 });
  const foot = page.getByRole('complementary', { name: 'Conversations' });
  for (const name of ['Network', 'Add a contact', 'Settings']) await foot.getByRole('button', { name, exact: true }).last().waitFor();
  await foot.getByRole('button', { name: 'Network', exact: true }).last().click();
  await page.getByRole('heading', { name: 'Network', level: 1 }).waitFor();
  await judge(page, 'network-smallest');
});

test('a talk goes on after the network was looked at, and no page complained', async () => {
  const { page } = people.Ana;
  await page.setViewportSize({ width: 1200, height: 800 });
  await page.getByRole('tab', { name: 'Picture' }).click();
  const { page: ben } = people.Ben;
  await ben.locator('[data-row]').first().click();
  await write(ben, 'I am here');
  await page.locator('[data-row]').filter({ hasText: 'Ben' }).first().click();
  await article(page, 'I am here').waitFor();
  assert.deepEqual(people.Ana.complaints, []);
});

test('every screen is well made', () => wellMade());
