// Two people on the shipped interface, each in a browser: first run, invite, request, answer, talk, ban, undo.
import assert from 'node:assert/strict';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { artifacts, beSomebody, eventually, openPage, startBrowser, startDevice } from './programs.mjs';

let browser;
const people = {};

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
    people[name] = await openPage(browser, await startDevice(), size);
    const { page } = people[name];
    await page.getByLabel('What should people call you?').waitFor();
    await picture(page, `first-run-${name}`);
    await beSomebody(page, name);
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

test('a message is answered, edited and reacted to, and both see it', async () => {
  const { page: ana } = people.Ana;
  const { page: ben } = people.Ben;
  const bubble = (page, text) => page.getByRole('article').filter({ hasText: text }).last();

  // Ben answers with the keyboard alone.
  await bubble(ben, 'Message number 20').focus();
  await ben.keyboard.press('r');
  await ben.getByText('Reply to Ana').waitFor();
  await ben.keyboard.type('Twenty is enugh');
  await picture(ben, 'reply-bar');
  await ben.keyboard.press('Enter');
  await bubble(ana, 'Twenty is enugh').getByRole('button', { name: 'In reply to You: Message number 20' }).waitFor();

  // He mends a letter: the last text of his, from an empty field.
  await ben.keyboard.press('ArrowUp');
  await ben.getByText('Edit message').waitFor();
  await ben.keyboard.press('End');
  for (let letter = 0; letter < 3; letter++) await ben.keyboard.press('Backspace');
  await ben.keyboard.type('ough');
  await ben.keyboard.press('Enter');
  await bubble(ana, 'Twenty is enough').getByText('edited').waitFor();
  assert.equal(await ana.getByRole('article').filter({ hasText: 'enugh' }).count(), 0);

  // Ana reacts with the pointer, Ben joins and leaves again.
  await bubble(ana, 'Twenty is enough').hover();
  await ana.getByRole('button', { name: 'React' }).click();
  await ana.getByRole('button', { name: '❤️' }).click();
  await ben.getByRole('button', { name: '❤️ 1: Ana' }).click();
  await ana.getByRole('button', { name: '❤️ 2: You and Ben' }).waitFor();
  await picture(ana, 'answered-wide');
  await picture(ben, 'answered-narrow');
  await ben.getByRole('button', { name: '❤️ 2: You and Ana' }).click();
  await ana.getByRole('button', { name: '❤️ 1: You' }).waitFor();

  // A quote leads to what it quotes.
  await bubble(ana, 'Twenty is enough').getByRole('button', { name: /In reply to You/ }).click();
  await ana.locator('article[data-marked]').filter({ hasText: 'Message number 20' }).waitFor();
});

test('what is deleted for everyone is gone on both sides, what is deleted for me on one', async () => {
  const { page: ana } = people.Ana;
  const { page: ben } = people.Ben;
  const bubble = (page, text) => page.getByRole('article').filter({ hasText: text }).last();
  const texts = (page) =>
    page.evaluate(async () => {
      const [{ id }] = (await window.go.app.API.Start()).conversations;
      return (await window.go.app.API.PageLast(id, 200)).messages.map((message) => message.text);
    });

  await ana.getByRole('article', { name: /^You, [\d:]+, Message number 20/ }).click({ button: 'right' });
  await ana.getByRole('menuitem', { name: /Delete/ }).click();
  await ana.getByRole('alertdialog').getByText('from Ben’s when the deletion gets there').waitFor();
  await picture(ana, 'delete-dialog');
  await ana.getByRole('button', { name: 'Delete for everyone' }).click();
  await ana.getByText('You deleted this').waitFor();
  await ben.getByText('Deleted by Ana').waitFor();
  // What answers it does not say it any more.
  await bubble(ben, 'Twenty is enough').getByText('A deleted message').waitFor();
  await bubble(ana, 'Twenty is enough').getByText('A deleted message').waitFor();

  await bubble(ben, 'Message number 19').focus();
  await ben.keyboard.press('Delete');
  await ben.getByRole('button', { name: 'Remove' }).click();
  await ben.getByRole('article').filter({ hasText: 'Message number 19' }).waitFor({ state: 'detached' });
  await picture(ben, 'deleted-narrow');
  const [hers, his] = [await texts(ana), await texts(ben)];
  assert.ok(hers.includes('Message number 19'), 'hidden by Ben alone');
  for (const disk of [hers, his]) assert.ok(!disk.includes('Message number 20'), 'deleted for everyone');
  assert.ok(!his.includes('Message number 19'));
});

test('what is written and not sent survives a reload', async () => {
  const { page: ana } = people.Ana;
  const field = ana.getByRole('textbox', { name: 'Message Ben' });
  await field.fill('not sent yet');
  await eventually(ana, async () => (await window.go.app.API.Start()).conversations[0].draft === 'not sent yet');
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
  await ana.evaluate((peer) => window.go.app.API.AddBan({ kind: 'peer', target: peer, reason: 'a test', days: 0, ends: '', tell: false }), ben);
  await ana.getByText('You banned Ben.').waitFor();
  await picture(ana, 'banned-dark');
  await ana.getByRole('button', { name: 'Undo' }).first().click();
  await ana.getByRole('textbox', { name: 'Message Ben' }).waitFor();
});

test('nobody complained', () => {
  for (const [name, { complaints }] of Object.entries(people)) assert.deepEqual(complaints, [], name);
});
