// Two people compare by emoji on the shipped interface, each in a browser; then what differs is held back.
import assert from 'node:assert/strict';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { artifacts, startBrowser, startDevice } from './programs.mjs';

let browser;
const people = {};

const picture = (page, name) => page.screenshot({ path: join(artifacts, `browser-verify-${name}.png`) });
const composer = (page, name) => page.getByRole('textbox', { name: `Message ${name}` });

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
  await page.getByLabel('What should people call you?').fill(name);
  await page.keyboard.press('Enter');
  await page.getByRole('complementary', { name: 'Conversations' }).waitFor();
  return page;
}

before(async () => {
  await mkdir(artifacts, { recursive: true });
  browser = await startBrowser();
  const ana = await openPerson('Ana', { width: 1200, height: 800 });
  const ben = await openPerson('Ben', { width: 720, height: 560 });
  const link = await ana.evaluate(
    async () => (await window.go.app.API.CreateInvite({ label: 'Ben', days: 1, uses: 1 })).link,
  );
  await ben.evaluate((invite) => window.go.app.API.SendRequest(invite, 'Hello Ana, it is Ben'), link);
  await ana.getByText('Contact requests').click();
  await ana.getByRole('button', { name: 'Accept' }).click();
  await ben.locator('[data-row]').first().click();
  for (const [page, name] of [
    [ana, 'Ben'],
    [ben, 'Ana'],
  ]) {
    await composer(page, name).waitFor();
    await page.getByRole('button', { name: /This line: (LAN|Direct)/ }).waitFor();
  }
});

after(async () => {
  await browser?.close();
  for (const { device } of Object.values(people)) await device.stop();
});

test('two people compare by emoji, with the keyboard, and both know it', async () => {
  const { page: ana } = people.Ana;
  const { page: ben } = people.Ben;
  await composer(ana, 'Ben').focus();
  await ana.keyboard.press('Control+Shift+V');
  await ana.getByRole('dialog', { name: 'Verify Ben' }).waitFor();
  await picture(ana, 'number');
  await ana.getByRole('button', { name: 'Compare by emoji' }).press('Enter');
  await ana.getByText('Waiting for Ben to agree').waitFor();
  await ben.getByRole('alert').getByText('Ana wants to compare emoji with you').waitFor();
  await picture(ben, 'asked');
  await ben.getByRole('button', { name: 'Compare', exact: true }).press('Enter');
  const seen = async (page) => {
    await page.getByRole('list', { name: 'Emoji to compare' }).waitFor();
    return page.getByRole('list', { name: 'Emoji to compare' }).getByRole('listitem').allInnerTexts();
  };
  const [one, other] = [await seen(ana), await seen(ben)];
  assert.equal(one.length, 7);
  assert.deepEqual(one, other);
  await picture(ana, 'emoji');
  const match = (page) => page.locator('button:not([aria-disabled])', { hasText: 'They match' });
  await match(ana).press('Enter');
  await ana.getByText('Waiting for Ben to say so, too').waitFor();
  await ben.getByText('Ana found them the same').waitFor();
  await match(ben).press('Enter');
  for (const page of [ana, ben]) {
    await page.getByText('You both saw the same emoji').waitFor();
    await page.getByRole('button', { name: 'Done' }).press('Enter');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    await page.getByRole('heading', { name: /, compared$/ }).waitFor();
  }
  await ana.locator('[data-composer]:focus').waitFor();
});

test('a number that is pasted is told right from wrong', async () => {
  const { page: ana } = people.Ana;
  const { page: ben } = people.Ben;
  const number = await ben.evaluate(async () => {
    const { conversations } = await window.go.app.API.Start();
    return (await window.go.app.API.Safety(conversations[0].id)).number;
  });
  await ana.keyboard.press('Control+Shift+V');
  await ana.getByRole('button', { name: 'Enter theirs' }).click();
  const field = ana.getByLabel('The number on Ben’s screen');
  const last = number.endsWith('0') ? '1' : '0';
  await field.fill(number.slice(0, -1) + last);
  await ana.getByText('Group 12 differs').waitFor();
  await field.fill(number.replaceAll(' ', '\n'));
  await ana.getByText('This is the same number').waitFor();
  await ana.keyboard.press('Escape');
});

test('what differs is held back until something else is said', async () => {
  const { page: ana } = people.Ana;
  const { page: ben } = people.Ben;
  await ana.keyboard.press('Control+Shift+V');
  await ana.getByRole('button', { name: 'Remove mark' }).click();
  await ana.getByRole('button', { name: 'They don’t match' }).click();
  await ana.getByText('The line is cut and nothing more is sent').waitFor();
  await picture(ana, 'differs');
  await ana.keyboard.press('Escape');
  await ana.getByRole('alert').getByText('Nothing is sent to Ben until you compare again').waitFor();
  await ana.getByRole('button', { name: 'This line: Held back' }).waitFor();
  await composer(ana, 'Ben').fill('Only for the real Ben');
  await ana.keyboard.press('Enter');
  await ana.getByRole('article').filter({ hasText: 'Only for the real Ben' }).waitFor();
  await picture(ana, 'held');
  assert.equal(await ben.getByRole('article').filter({ hasText: 'Only for the real Ben' }).count(), 0);
  await ana.getByRole('button', { name: 'Compare again' }).click();
  await ana.getByRole('dialog').getByRole('button', { name: 'Compare again' }).click();
  await ana.getByRole('button', { name: 'They match' }).click();
  await ana.getByText('by safety number').waitFor();
  await ana.getByRole('button', { name: 'Done' }).click();
  await ben.getByRole('article').filter({ hasText: 'Only for the real Ben' }).waitFor();
});

test('an identity is given up, and the contact is told', async () => {
  const { page: ana } = people.Ana;
  const { page: ben } = people.Ben;
  await ana.keyboard.press('Control+,');
  await ana.getByRole('button', { name: 'Give up…' }).click();
  const sure = ana.getByRole('button', { name: 'Give up for good' });
  await sure.press('Enter');
  assert.equal(await ana.getByRole('alertdialog').count(), 1, 'the box has to be ticked first');
  await ana.getByText('I know that this is for good').click();
  await picture(ana, 'retire');
  await sure.press('Enter');
  await ana.getByRole('alertdialog').waitFor({ state: 'detached' });
  await ben.getByText(/Ana gave this identity up on/).waitFor();
  assert.equal(await composer(ben, 'Ana').count(), 0);
  await picture(ben, 'retired');
});

test('no page complained', () => {
  for (const [name, { complaints }] of Object.entries(people)) assert.deepEqual(complaints, [], `${name}'s page`);
});
