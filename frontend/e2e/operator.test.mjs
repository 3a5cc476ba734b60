// The operator's page in a browser: login, live figures, bans, drain, directory, languages, themes, widths, keyboard.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdir, readFile } from 'node:fs/promises';
import { after, before, test } from 'node:test';
import { checkScreen, giveToken, narrow, openPage, picture, wide } from './operator.mjs';
import { artifacts, startBrowser, startOperator } from './programs.mjs';

let browser;
let server;
let page;
const complaints = [];
const open = (options) => openPage(browser, server, complaints, options);
const login = (at, ...words) => giveToken(at, server, ...words);
const show = (name) => page.getByRole('navigation').getByRole('link', { name, exact: true }).click();
const hasFocus = (locator) => locator.evaluate((one) => one === document.activeElement);
/** A dialog that closes is gone before the browser tells the page so, and the page leads the focus. */
const getsFocus = async (locator) => page.waitForFunction((one) => one === document.activeElement, await locator.elementHandle());

before(async () => {
  await mkdir(artifacts, { recursive: true });
  [browser, server] = await Promise.all([startBrowser(), startOperator()]);
});

after(async () => {
  await browser?.close();
  assert.equal(await server?.stop(), 0);
});

test('a wrong token gets a sentence, the right one opens', async () => {
  page = await open();
  const field = page.getByLabel('Token');
  await field.waitFor();
  assert.equal(await field.evaluate((one) => one === document.activeElement), true, 'the field has the focus');
  await checkScreen(page, 'login');
  await page.keyboard.press('Enter');
  await page.getByText('Paste the token first.').waitFor();
  await page.keyboard.type('nonsense');
  await page.keyboard.press('Enter');
  await page.getByText('This is not the token.').waitFor();
  assert.equal(await field.getAttribute('aria-invalid'), 'true');
  await picture(page, 'wrong-token');
  await page.keyboard.press('Control+A');
  await page.keyboard.type(server.token);
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { level: 1, name: 'Overview' }).waitFor();
  await page.getByText('Live, every second').waitFor();
  assert.equal(await page.getByText('Healthy, up 41 days').count(), 1);
  // The cookie is out of reach of scripts, and nothing of the token is kept.
  assert.equal(await page.evaluate(() => document.cookie + JSON.stringify({ ...localStorage, ...sessionStorage })), '{}');
  await page.reload();
  await page.getByRole('heading', { level: 1, name: 'Overview' }).waitFor();
});

test('numbers change by themselves', async () => {
  const peers = page.getByRole('group', { name: 'Peers now' });
  await peers.getByText('1,284', { exact: true }).waitFor();
  await server.order('sessions', { sessions: 1301 });
  await peers.getByText('1,301', { exact: true }).waitFor();
  await server.order('sessions', { sessions: 1284 });
  await peers.getByText('1,284', { exact: true }).waitFor();
});

test('a day is drawn, and stands in a table', async () => {
  await server.order('day');
  await page.getByRole('button', { name: '1 h', exact: true }).click();
  await page.getByRole('button', { name: '24 h', exact: true }).click();
  const drawn = page.getByRole('img', { name: /^Signals per second, .* low \d/ });
  await drawn.waitFor();
  await page.getByText(/^Up \d+ times since/).waitFor();
  await page.getByText('203.0.113.0/24').waitFor();
  assert.equal(await page.getByText('198.51.100.77').count(), 0, 'whole addresses are not shown');
  await page.locator('tr', { hasText: 'sgp-1' }).waitFor();
  await checkScreen(page, 'overview');
  await picture(page, 'overview-light');
  await page.getByRole('button', { name: 'Table' }).click();
  await page.getByRole('table', { name: 'History in steps' }).getByRole('row').nth(20).waitFor();
  await page.getByRole('button', { name: 'Table' }).click();
  await page.emulateMedia({ colorScheme: 'dark' });
  await page.locator('html[data-theme=dark]').waitFor();
  await picture(page, 'overview-dark');
  await page.setViewportSize(narrow);
  await checkScreen(page, 'overview at 720');
  await page.emulateMedia({ colorScheme: 'light' });
  await page.setViewportSize(wide);
});

test('a problem is said', async () => {
  await server.order('problem');
  await page.locator('.chip', { hasText: '1 thing to look at' }).waitFor();
  await page.getByRole('alert').getByText('The disk is nearly full').waitFor();
  await picture(page, 'problem');
  await server.order('well');
  await page.getByText('Healthy, up 41 days').waitFor();
  assert.equal(await page.getByText('The disk is nearly full').count(), 0);
});

test('a ban: refused with a sentence, made, ended, undone', async () => {
  await show('Bans');
  await page.getByText('Nobody is banned.').waitFor();
  await page.getByRole('button', { name: 'Ban', exact: true }).click();
  const dialog = page.getByRole('dialog', { name: 'New ban' });
  await page.keyboard.type('198.51.100.0/33');
  await page.keyboard.press('Enter');
  await dialog.getByText('/33 is too long for IPv4, the most is /32. Did you mean 198.51.100.0/24?').waitFor();
  assert.equal(await dialog.getByLabel('Whom').inputValue(), '198.51.100.0/33', 'what was typed stays');
  await checkScreen(page, 'ban dialog');
  await picture(page, 'bad-ban');
  await dialog.getByLabel('Whom').fill('198.51.100.77/24');
  await dialog.getByLabel('Reason').fill('Flooding <b>');
  await dialog.getByLabel('Ends').selectOption({ label: 'In 7 days' });
  await dialog.getByRole('button', { name: 'Ban', exact: true }).click();
  await dialog.waitFor({ state: 'detached' });
  const row = page.getByRole('row', { name: /198\.51\.100\.0\/24/ });
  await row.getByText('Flooding <b>').waitFor();
  await page.getByText('198.51.100.0/24 is banned.').waitFor();
  await checkScreen(page, 'bans');
  await picture(page, 'bans');

  await row.getByRole('button', { name: 'End… the ban of 198.51.100.0/24' }).click();
  const asked = page.getByRole('dialog', { name: 'End this ban?' });
  await asked.waitFor();
  assert.equal(await page.evaluate(() => document.activeElement?.textContent), 'Cancel', 'the safe button has the focus');
  await page.keyboard.press('Escape');
  await asked.waitFor({ state: 'detached' });
  assert.equal(await row.count(), 1, 'Esc changes nothing');
  await row.getByRole('button').click();
  await picture(page, 'end-ban');
  await asked.getByRole('button', { name: 'End ban' }).click();
  await page.getByText('Nobody is banned.').waitFor();
  await page.getByRole('button', { name: 'Undo' }).click();
  await row.getByText('Flooding <b>').waitFor();
});

test('a ban says what it touches before it is made, and gives back what it replaced', async () => {
  await page.getByRole('button', { name: 'Ban', exact: true }).click();
  const dialog = page.getByRole('dialog', { name: 'New ban' });
  const whom = dialog.getByLabel('Whom');
  for (const [typed, told] of [
    ['198.51.100.7', 'This touches the address 198.51.100.7, and everybody who shares it.'],
    ['203.0.113.9/22', 'This touches 1,024 addresses, 203.0.112.0 to 203.0.115.255.'],
    ['::ffff:192.0.2.0/120', 'This touches 256 addresses, 192.0.2.0 to 192.0.2.255.'],
    ['2001:db8::7', 'This touches 2001:db8::/64: whoever has one IPv6 address has a /64, mostly a household.'],
    ['2001:db8::/48', 'This touches 65,536 households (/64), 2001:db8:: to 2001:db8:0:ffff:ffff:ffff:ffff:ffff.'],
    ['*.bulk.example', 'This touches addresses whose name is bulk.example or ends in it.'],
    ['tc1qqqqqqqqqqqqqqqqqqqq', 'This touches this identity, wherever it comes from.'],
    ['10.0.0.0/7', 'An address, a range, a domain with everything under it, or an identity.'],
    ['198.51.100.1/24', 'It takes the place of the ban that is there.'],
  ]) {
    await whom.fill(typed);
    await dialog.getByRole('status').getByText(told).waitFor();
  }
  await checkScreen(page, 'what a ban touches');
  await picture(page, 'ban-reach');
  await dialog.getByLabel('Reason').fill('Another reason');
  await page.keyboard.press('Enter');
  await dialog.waitFor({ state: 'detached' });
  const row = page.getByRole('row', { name: /198\.51\.100\.0\/24/ });
  await row.getByText('Another reason').waitFor();
  assert.equal(await row.count(), 1);
  await page.keyboard.press('Control+z');
  await row.getByText('Flooding <b>').waitFor();
  assert.equal(await row.count(), 1, 'the ban that was replaced is back');
});

test('a drain is asked for, by keyboard alone', async () => {
  await show('Nodes');
  const row = page.getByRole('row', { name: /fra-2/ });
  const drain = row.getByRole('button', { name: /^Drain…/ });
  await drain.waitFor();
  await page.getByRole('heading', { level: 1, name: 'Nodes' }).focus();
  for (let tabs = 0; tabs < 10 && !(await hasFocus(drain)); tabs += 1) await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  const asked = page.getByRole('dialog', { name: 'Drain fra-2?' });
  await asked.getByText('Its 480 peers are asked to move').waitFor();
  await checkScreen(page, 'drain');
  await picture(page, 'drain');
  await page.keyboard.press('Enter'); // on Cancel
  await asked.waitFor({ state: 'detached' });
  await getsFocus(drain);
  await page.keyboard.press('Enter');
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  await row.getByRole('button', { name: /^End drain…/ }).waitFor();
  await page.getByText('fra-2 drains.').waitFor();
  await checkScreen(page, 'nodes');
  await picture(page, 'nodes');
  await row.getByRole('button', { name: /^End drain…/ }).click();
  const ending = page.getByRole('dialog', { name: 'End the drain of fra-2?' });
  await checkScreen(page, 'end drain');
  await ending.getByRole('button', { name: 'End drain', exact: true }).click();
  await drain.waitFor();
  await page.getByText('fra-2 takes peers again.').waitFor();
});

test('the directory: an entry is taken out and allowed again, reports are dismissed', async () => {
  await show('Directory');
  await page.getByText('Best price <b>today</b>').waitFor();
  await checkScreen(page, 'directory');
  await picture(page, 'directory');
  await page.getByLabel('Search the directory').fill('chess');
  await page.getByText('Best price').waitFor({ state: 'detached' });
  await page.getByText('We play on Thursdays.').waitFor();
  await page.getByLabel('Search the directory').fill('');
  await page.getByRole('button', { name: 'Take out… Cheap watches' }).click();
  const asked = page.getByRole('dialog', { name: 'Take Cheap watches out?' });
  await asked.getByLabel('Reason').fill('Spam');
  await asked.getByRole('button', { name: 'Take out' }).click();
  await page.getByText('Cheap watches is out of the directory.').waitFor();
  await page.getByRole('button', { name: 'Taken out', exact: true }).click();
  await page.getByRole('button', { name: 'Allow again: Cheap watches' }).click();
  await page.getByText('Cheap watches may be listed again.').waitFor();
  const dismiss = page.getByRole('button', { name: 'Dismiss… the reports about watches' });
  await dismiss.click();
  const forget = page.getByRole('dialog', { name: 'Dismiss the reports about watches?' });
  await forget.getByText('What 7 peers reported is forgotten').waitFor();
  await checkScreen(page, 'dismiss');
  await picture(page, 'dismiss');
  await forget.getByRole('button', { name: 'Dismiss', exact: true }).click();
  await dismiss.waitFor({ state: 'detached' });
  await forget.waitFor({ state: 'detached' });
  await getsFocus(page.getByRole('button', { name: /^Dismiss… the reports about tc1/ }));
});

test('a backup is read whole, checked and saved, or not at all', async () => {
  await show('Server');
  const get = page.getByRole('button', { name: 'Download a backup' });
  await get.click();
  await page.getByText('This server keeps nothing: there is nothing to back up.').waitFor();
  await server.order('backup');
  const [download] = await Promise.all([page.waitForEvent('download'), get.click()]);
  await page.getByText('Read and checked: 700 kB.').waitFor();
  const kept = await readFile(await download.path());
  assert.equal(kept.length, 700_000);
  const sum = createHash('sha256').update(kept).digest('hex');
  await page.getByText(`SHA-256 ${sum}`).waitFor();
  assert.match(download.suggestedFilename(), /^rendezvous-\d{8}-\d{4}\.backup$/);
  await checkScreen(page, 'backup');
  await picture(page, 'backup');
  await server.order('cut');
  page.once('download', () => complaints.push('half a backup was saved'));
  await get.click();
  await page.getByText('The store does not answer now.').waitFor();
  assert.equal(await page.getByText(`SHA-256`).count(), 0);
});

test('a server that is gone is said, and the page comes back by itself', async () => {
  await show('Overview');
  await page.getByText('Live, every second').waitFor();
  await server.order('stop');
  await page.getByText(/^Not updated since \d\d:\d\d$/).waitFor();
  await page.getByText('What is shown here is old').waitFor();
  await page.getByRole('group', { name: 'Peers now' }).getByText('1,284', { exact: true }).waitFor();
  await picture(page, 'not-live');
  await server.order('start');
  // It was started anew: logins are in its memory, so that the token is asked for again.
  await page.getByText('The login ended. Give the token again.').waitFor();
  await login(page);
});

test('a new token ends every login', async () => {
  const other = await open();
  await login(other);
  await show('Server');
  await page.getByText('on the nodes of a cluster').waitFor();
  await checkScreen(page, 'server');
  await picture(page, 'server');
  await page.getByRole('button', { name: 'New token…' }).click();
  await page.getByRole('button', { name: 'Make a new token' }).click();
  const token = (await page.locator('code.token').textContent()).trim();
  assert.match(token, /^[a-z2-7]{52}$/);
  assert.notEqual(token, server.token);
  await other.getByText('The login ended. Give the token again.').waitFor();
  await page.getByRole('button', { name: 'I kept it' }).click();
  server.token = token;
  await login(page);
  await show('Server');
  await page.getByRole('button', { name: 'Log out' }).click();
  await page.getByLabel('Token').waitFor();
});

test('too many wrong tokens', async () => {
  for (let tries = 0; tries < 5; tries += 1) {
    await page.getByLabel('Token').fill(`nonsense ${tries}`);
    await page.getByRole('button', { name: 'Open' }).click();
    await page.getByText(/This is not the token|too many wrong tokens/).waitFor();
  }
  await page.getByLabel('Token').fill(server.token);
  await page.getByRole('button', { name: 'Open' }).click();
  await page.getByText('Those were too many wrong tokens.').waitFor();
});

test('fonts are those of the interface, and nothing complained', async () => {
  const copies = new URL('../../backend/rendezvous/operator/page/fonts/', import.meta.url);
  for (const [name, family] of [
    ['commissioner-latin-full-normal.woff2', 'commissioner'],
    ['jetbrains-mono-latin-wght-normal.woff2', 'jetbrains-mono'],
  ]) {
    const original = new URL(`../node_modules/@fontsource-variable/${family}/files/${name}`, import.meta.url);
    assert.ok((await readFile(new URL(name, copies))).equals(await readFile(original)), name);
  }
  assert.deepEqual(complaints, []);
});
