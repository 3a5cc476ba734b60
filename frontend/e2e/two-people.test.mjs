// Two people on the shipped interface, each in a browser: first run, invite, request, answer, talk, ban, undo.
import assert from 'node:assert/strict';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { artifacts, startBrowser, startDevice } from './programs.mjs';

let browser;
const people = {};

async function openPerson(name, size) {
  const device = await startDevice();
  const context = await browser.newContext({ viewport: size, locale: 'en' });
  const page = await context.newPage();
  page.setDefaultTimeout(30_000);
  const complaints = [];
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(String(error)));
  await page.goto(device.address);
  people[name] = { device, page, complaints };
  return page;
}

const picture = (page, name) => page.screenshot({ path: join(artifacts, `browser-${name}.png`) });

before(async () => {
  await mkdir(artifacts, { recursive: true });
  browser = await startBrowser();
});

after(async () => {
  await browser?.close();
  for (const { device } of Object.values(people)) await device.stop();
});

test('first run: a name is all it takes', async () => {
  for (const [name, size] of [
    ['Ana', { width: 1200, height: 800 }],
    ['Ben', { width: 720, height: 560 }],
  ]) {
    const page = await openPerson(name, size);
    await page.getByLabel('What should people call you?').waitFor();
    await picture(page, `first-run-${name}`);
    // The field has the focus: a new user just types.
    await page.keyboard.type(name);
    await page.keyboard.press('Enter');
    await page.getByRole('complementary', { name: 'Conversations' }).waitFor();
    await picture(page, `empty-${name}`);
  }
});

test('an invite, a request, an answer', async () => {
  const { page: ana } = people.Ana;
  const { page: ben } = people.Ben;
  await ana.keyboard.press('Control+Shift+A');
  await ana.getByRole('button', { name: 'Copy link' }).waitFor();
  await picture(ana, 'invite');
  const link = await ana.evaluate(async () => (await window.go.app.API.Invites()).find((one) => one.active).link);
  await ana.keyboard.press('Escape');

  await ben.keyboard.press('Control+Shift+A');
  await ben.getByRole('tab', { name: 'Paste a link' }).click();
  await ben.getByLabel('The link you were given').fill('tincan:invite/1#nonsense');
  await ben.getByText(/damaged|cut off/).waitFor();
  await ben.getByLabel('The link you were given').fill(link);
  await ben.getByText('Ana invites you').waitFor();
  await picture(ben, 'paste');
  await ben.getByLabel('Your first message to Ana').fill('Hello Ana, it is Ben');
  await ben.keyboard.press('Enter');

  await ana.getByText('Contact requests').click();
  await ana.getByText('Hello Ana, it is Ben').waitFor();
  await picture(ana, 'request');
  await ana.getByRole('button', { name: 'Accept' }).click();
  await ana.getByRole('article').filter({ hasText: 'Hello Ana, it is Ben' }).waitFor();
});

test('they talk: texts arrive, marks move, typing shows', async () => {
  const { page: ana } = people.Ana;
  const { page: ben } = people.Ben;
  const composer = (page, name) => page.getByRole('textbox', { name: `Message ${name}` });
  await composer(ana, 'Ben').waitFor();
  await composer(ana, 'Ben').fill('The ferry leaves at 9 then');
  await ana.keyboard.press('Enter');
  await ben.getByRole('article').filter({ hasText: 'The ferry leaves at 9 then' }).waitFor();
  await composer(ben, 'Ana').fill('I bring the thermos <b>and</b> https://lines.example.net/timetable');
  await ben.keyboard.press('Enter');
  await ana.getByRole('article').filter({ hasText: 'I bring the thermos <b>and</b>' }).waitFor();
  await ana.getByRole('article', { name: /ferry leaves at 9.*Read/ }).waitFor();
  for (let count = 1; count <= 20; count++) {
    await composer(ana, 'Ben').fill(`Message number ${count}`);
    await ana.keyboard.press('Enter');
  }
  await ben.getByRole('article').filter({ hasText: 'Message number 20' }).first().waitFor();
  await picture(ana, 'talk-wide');
  await picture(ben, 'talk-narrow');
  const pages = await Promise.all(
    [ana, ben].map((page) =>
      page.evaluate(async () => {
        const state = await window.go.app.API.Start();
        const last = await window.go.app.API.PageLast(state.conversations[0].id, 200);
        return last.messages.map((message) => `${message.order} ${message.id} ${message.text}`);
      }),
    ),
  );
  assert.equal(pages[0].length, 23);
  assert.deepEqual(pages[0], pages[1], 'both disks show the same logs');
});

test('what is written and not sent survives a reload', async () => {
  const { page: ana } = people.Ana;
  const field = ana.getByRole('textbox', { name: 'Message Ben' });
  await field.fill('not sent yet');
  await ana.waitForFunction(async () => (await window.go.app.API.Start()).conversations[0].draft === 'not sent yet');
  await ana.reload();
  await ana.getByText('Draft:').waitFor();
});

test('a ban closes the line, and undo opens it again', async () => {
  const { page: ana } = people.Ana;
  await ana.evaluate(async () => {
    const state = await window.go.app.API.Start();
    await window.go.app.API.SaveSettings({ ...state.settings, theme: 'dark' });
  });
  await ana.getByText('Draft:').click();
  const ben = await ana.evaluate(async () => (await window.go.app.API.Start()).conversations[0].peerId);
  await ana.evaluate((peer) => window.go.app.API.AddBan('peer', peer, 'a test'), ben);
  await ana.getByText('You banned Ben.').waitFor();
  await picture(ana, 'banned-dark');
  await ana.getByRole('button', { name: 'Undo' }).first().click();
  await ana.getByRole('textbox', { name: 'Message Ben' }).waitFor();
});

test('nobody complained', () => {
  for (const [name, { complaints }] of Object.entries(people)) assert.deepEqual(complaints, [], name);
});
