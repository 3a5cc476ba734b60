// The program under an open page is killed and started again: the page says so, loses nothing that was written, and goes on by
// itself.
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { beSomebody, call, eventually, openPage, startBrowser, startDevice } from './programs.mjs';

const folder = await mkdtemp(join(tmpdir(), 'tincan-browser-'));
let browser;
let device;
let page;

/** A port that was free a moment ago: the page goes on where it was opened. */
async function freePort() {
  const server = createServer();
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return port;
}

const at = `127.0.0.1:${await freePort()}`;
const start = () => startDevice({ folder, options: ['--host-at', '127.0.0.1', '--ui', at] });
const lost = () => page.getByRole('alert').filter({ hasText: 'Tincan does not answer' });

before(async () => {
  browser = await startBrowser();
  device = await start();
  ({ page } = await openPage(browser, device));
  await beSomebody(page, 'Ana');
});

after(async () => {
  await browser?.close();
  await device?.stop();
  await rm(folder, { recursive: true, force: true });
});

test('killed and started again twice, the page says so and goes on', async () => {
  await page.evaluate(() => {
    window.neverLoadedAgain = true;
  });
  for (const name of ['Ana Lind', 'Ana Vos']) {
    await device.kill();
    await lost().waitFor();
    device = await start();
    await lost().waitFor({ state: 'detached' });
    // What changes from now on is seen: the stream of events is that of the new program.
    await call(page, 'SetProfile', name, 1, '', '');
    await page.getByText(name, { exact: true }).first().waitFor();
  }
  assert.equal(await page.evaluate(() => window.neverLoadedAgain), true);
});

test('a part that is opened for the first time meanwhile says why it waits, and opens by itself, with its looks', async () => {
  await device.kill();
  await page.keyboard.press('Control+,');
  await page.getByRole('alert').filter({ hasText: 'This opens as soon as it runs again' }).waitFor();
  device = await start();
  await page.getByRole('textbox', { name: 'Name', exact: true }).waitFor();
  assert.equal(await page.locator('[data-pane="pages"]').evaluate((pages) => getComputedStyle(pages).display), 'flex');
  await page.keyboard.press('Escape');
  await page.getByRole('complementary', { name: 'Conversations' }).waitFor();
  assert.equal(await page.evaluate(() => window.neverLoadedAgain), true);
});

test('what is asked for meanwhile is refused in words, and the form keeps it', async () => {
  await page.keyboard.press('Control+,');
  const field = page.getByRole('textbox', { name: 'Name', exact: true });
  await field.waitFor();
  await device.kill();
  await field.fill('Ana Noor');
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await page.getByRole('alert').filter({ hasText: 'Tincan does not answer' }).first().waitFor();
  assert.equal(await field.inputValue(), 'Ana Noor');
  device = await start();
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await eventually(page, async () => (await window.go.app.API.Start().catch(() => undefined))?.profile.name === 'Ana Noor');
  assert.equal(await page.evaluate(() => window.neverLoadedAgain), true);
});
