// Two people at a real introduction server, each in a browser: one takes a handle, the other finds it, asks, and both talk.
import assert from 'node:assert/strict';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { artifacts, startBrowser, startDevice, startServer } from './programs.mjs';

let browser;
let server;
const people = {};

async function openPerson(name, size) {
  const device = await startDevice({ options: ['--name', name, '--no-host', '--server', server.address] });
  const context = await browser.newContext({ viewport: size, locale: 'en', permissions: ['clipboard-read', 'clipboard-write'] });
  const page = await context.newPage();
  page.setDefaultTimeout(30_000);
  const complaints = [];
  page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
  page.on('pageerror', (error) => complaints.push(String(error)));
  await page.goto(device.address);
  await page.getByRole('complementary', { name: 'Conversations' }).waitFor();
  people[name] = { device, page, complaints };
}

const picture = (page, name) => page.screenshot({ path: join(artifacts, `browser-handles-${name}.png`) });
const composer = (page, name) => page.getByRole('textbox', { name: `Message ${name}` });

before(async () => {
  await mkdir(artifacts, { recursive: true });
  server = await startServer('--host', '127.0.0.1');
  browser = await startBrowser();
  await openPerson('Ana', { width: 1200, height: 800 });
  await openPerson('Ben', { width: 720, height: 700 });
});

after(async () => {
  await browser?.close();
  for (const { device } of Object.values(people)) await device.stop();
  await server?.stop();
});

test('nobody has a handle; one is taken in the settings and copied', async () => {
  const { page: ana } = people.Ana;
  await ana.keyboard.press('Control+,');
  await ana.getByText('You have none unless you take one').waitFor();
  await ana.getByRole('textbox', { name: 'Handle' }).fill('admin');
  await ana.keyboard.press('Enter');
  await ana.getByText('admin@127.0.0.1 is taken').waitFor();
  await ana.getByRole('textbox', { name: 'Handle' }).fill('@Ana');
  await ana.keyboard.press('Enter');
  await ana.getByText('Yours on 127.0.0.1').waitFor();
  await picture(ana, 'own');
  await ana.getByRole('region', { name: 'Who can reach you' }).getByRole('button', { name: 'Copy' }).click();
  assert.equal(await ana.evaluate(() => navigator.clipboard.readText()), 'ana@127.0.0.1');
  await ana.keyboard.press('Escape');
});

test('it is found by who knows it, and a first message is the request', async () => {
  const { page: ben } = people.Ben;
  await ben.keyboard.press('Control+n');
  await ben.getByRole('tab', { name: 'Find by handle' }).click();
  const field = ben.getByRole('textbox', { name: 'Handle' });
  for (const [handle, sentence] of [
    ['an', /This is not a handle/],
    ['nobody@127.0.0.1', /Nobody has the handle nobody@127.0.0.1/],
    ['ana@elsewhere.example', /elsewhere.example is not one of your introduction servers/],
  ]) {
    await field.fill(handle);
    await field.press('Enter');
    await ben.getByText(sentence).waitFor();
  }
  await field.fill('ana@127.0.0.1');
  await field.press('Enter');
  await ben.getByRole('heading', { name: 'ana' }).waitFor();
  await picture(ben, 'found');
  // The focus is where the message goes: nobody needs a mouse.
  await ben.keyboard.type('Hello Ana, it is Ben');
  await ben.keyboard.press('Enter');
  await ben.getByRole('article').filter({ hasText: 'Hello Ana, it is Ben' }).waitFor();
});

test('the request is accepted, and they talk both ways', async () => {
  const { page: ana } = people.Ana;
  const { page: ben } = people.Ben;
  await ana.getByText('Contact requests').click();
  await ana.getByText('Hello Ana, it is Ben').waitFor();
  await ana.getByText('Your handle. They looked you up').waitFor();
  await picture(ana, 'request');
  await ana.getByRole('button', { name: 'Accept' }).click();
  await composer(ana, 'Ben').fill('The ferry leaves at 9 then');
  await ana.keyboard.press('Enter');
  await ben.getByRole('article').filter({ hasText: 'The ferry leaves at 9 then' }).waitFor();
  await composer(ben, 'Ana').fill('I bring the thermos');
  await ben.keyboard.press('Enter');
  await ana.getByRole('article').filter({ hasText: 'I bring the thermos' }).waitFor();
});

test('who is a contact already is opened instead', async () => {
  const { page: ben } = people.Ben;
  await ben.keyboard.press('Control+n');
  await ben.getByRole('tab', { name: 'Find by handle' }).click();
  await ben.getByRole('textbox', { name: 'Handle' }).fill('ana');
  await ben.keyboard.press('Enter');
  await ben.getByText('Ana is a contact already').waitFor();
  await ben.keyboard.press('Enter');
  await composer(ben, 'Ana').waitFor();
});

test('a handle is given back, and nobody finds it any more', async () => {
  const { page: ana } = people.Ana;
  const { page: ben } = people.Ben;
  await ana.keyboard.press('Control+,');
  await ana.getByRole('button', { name: 'Release' }).click();
  await ana.getByRole('alertdialog').getByRole('button', { name: 'Release' }).click();
  await ana.getByText('You have none unless you take one').waitFor();
  await ben.keyboard.press('Control+n');
  await ben.getByRole('tab', { name: 'Find by handle' }).click();
  await ben.getByRole('textbox', { name: 'Handle' }).fill('ana@127.0.0.1');
  await ben.keyboard.press('Enter');
  await ben.getByText('Nobody has the handle ana@127.0.0.1').waitFor();
});

test('nobody complained', () => {
  for (const [name, { complaints }] of Object.entries(people)) assert.deepEqual(complaints, [], name);
});
