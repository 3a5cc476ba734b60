// Two people on the shipped interface: pictures and abouts, messages that disappear, read marks that are off.
import assert from 'node:assert/strict';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { artifacts, eventually, openPerson, startBrowser } from './programs.mjs';

let browser;
const people = {};

const picture = (page, name) => page.screenshot({ path: join(artifacts, `browser-${name}.png`) });
const composer = (page) => page.locator('[data-composer]');
const article = (page, text) => page.getByRole('article').filter({ hasText: text });

async function write(page, text) {
  await composer(page).fill(text);
  await page.keyboard.press('Enter');
  await article(page, text).first().waitFor();
}

/** An image of one colour as a file that a person could choose. */
function chosenFile(page) {
  return page.evaluate(async () => {
    const canvas = document.createElement('canvas');
    canvas.width = 640;
    canvas.height = 480;
    const context = canvas.getContext('2d');
    context.fillStyle = '#c02020';
    context.fillRect(0, 0, 340, 480);
    context.fillStyle = '#20a060';
    context.fillRect(340, 0, 300, 480);
    return canvas.toDataURL('image/png').split(',')[1];
  });
}

/** The colour in the middle of an image on the page. */
function middleOf(image) {
  return image.evaluate(async (element) => {
    await element.decode();
    const canvas = document.createElement('canvas');
    canvas.width = canvas.height = 1;
    const context = canvas.getContext('2d');
    context.drawImage(element, element.naturalWidth / 2, element.naturalHeight / 2, 1, 1, 0, 0, 1, 1);
    return { color: [...context.getImageData(0, 0, 1, 1).data], width: element.naturalWidth };
  });
}

before(async () => {
  await mkdir(artifacts, { recursive: true });
  browser = await startBrowser();
});

after(async () => {
  await browser?.close();
  for (const { device } of Object.values(people)) await device.stop();
});

test('two people meet', async () => {
  people.Ana = await openPerson(browser, 'Ana');
  people.Ben = await openPerson(browser, 'Ben');
  const { page: ana } = people.Ana;
  const { page: ben } = people.Ben;
  await ana.keyboard.press('Control+Shift+A');
  await ana.getByRole('button', { name: 'Copy link' }).waitFor();
  const link = await ana.evaluate(async () => (await window.go.app.API.Invites()).find((one) => one.active).link);
  await ana.keyboard.press('Escape');
  await ben.keyboard.press('Control+Shift+A');
  await ben.getByRole('tab', { name: 'Paste a link' }).click();
  await ben.getByLabel('The link you were given').fill(link);
  await ben.getByLabel('Your first message to Ana').fill('Hello Ana');
  await ben.keyboard.press('Enter');
  await ana.getByText('Contact requests').click();
  await ana.getByRole('button', { name: 'Accept' }).click();
  await article(ana, 'Hello Ana').waitFor();
  await write(ana, 'Welcome');
  await article(ben, 'Welcome').waitFor();
});

test('a picture and an about reach the other person, and go again', async () => {
  const { page: ana } = people.Ana;
  const { page: ben } = people.Ben;
  const buffer = Buffer.from(await chosenFile(ana), 'base64');
  await ana.keyboard.press('Control+,');
  const file = ana.getByLabel('Use a picture', { exact: true }).and(ana.locator('input'));
  await file.setInputFiles({ name: 'notes.txt', mimeType: 'text/plain', buffer: Buffer.from('no image') });
  await ana.getByText('This picture cannot be used.').waitFor();
  await ana.getByLabel('Name', { exact: true }).fill('Ana ');
  await ana.getByText('This picture cannot be used.').waitFor({ state: 'hidden' });
  await file.setInputFiles({ name: 'broken.png', mimeType: 'image/png', buffer: Buffer.from('no image') });
  await ana.getByText('This picture cannot be used.').waitFor();
  await file.setInputFiles({ name: 'lid.png', mimeType: 'image/png', buffer });
  // Its middle is red: it is dragged and moved until the green part is, and made larger.
  const crop = ana.getByRole('dialog', { name: 'Choose what is seen' });
  const stage = await crop.getByRole('application').boundingBox();
  await ana.mouse.move(stage.x + 120, stage.y + 120);
  await ana.mouse.down();
  await ana.mouse.move(stage.x + 100, stage.y + 130, { steps: 4 });
  await ana.mouse.up();
  await crop.getByRole('application').focus();
  await ana.keyboard.press('ArrowLeft');
  await crop.getByRole('slider').press('ArrowRight');
  await picture(ana, 'profile-crop');
  await crop.getByRole('button', { name: 'Use it' }).click();
  await crop.waitFor({ state: 'detached' });
  await ana.getByLabel('About').fill('x'.repeat(141));
  await ana.getByText('This has 141 characters, the most is 140.').waitFor();
  await ana.getByLabel('About').fill('Out on the water until Sunday');
  await ana.getByRole('button', { name: /^Save/ }).click();
  await ana.getByText('Saved. Your contacts see it over their next line.').waitFor();
  await picture(ana, 'profile');
  await ana.keyboard.press('Escape');

  const row = ben.locator('[data-row] img');
  await row.waitFor();
  const seen = await middleOf(row);
  const [red, green, blue] = seen.color;
  assert.ok(green > 120 && green > red + 60 && green > blue + 30, `the picture is ${seen.color}`);
  assert.ok(seen.width <= 512, `${seen.width} pixels wide`);
  await ben.keyboard.press('Control+i');
  await ben.getByText('Out on the water until Sunday').waitFor();
  await ben.locator('[data-pane="details"] img').waitFor();
  await ben.locator('[data-pane="main"] header img').waitFor();
  await picture(ben, 'picture-of-a-contact');

  await ana.keyboard.press('Control+,');
  await ana.getByRole('button', { name: 'Remove' }).click();
  await ana.getByRole('button', { name: /^Save/ }).click();
  await row.waitFor({ state: 'detached' });
  await ana.keyboard.press('Escape');
});

test('the shortest timer: a text that was read goes on both sides', async () => {
  const { page: ana } = people.Ana;
  const { page: ben } = people.Ben;
  await ana.bringToFront();
  await ana.keyboard.press('Control+i');
  const choice = ana.getByRole('combobox', { name: 'Disappearing messages' });
  await choice.selectOption({ index: 1 });
  const mark = 'Messages disappear after 5 seconds';
  await ana.getByRole('button', { name: mark }).waitFor();
  await ben.getByRole('button', { name: mark }).waitFor();
  assert.equal(await ben.getByRole('combobox', { name: 'Disappearing messages' }).inputValue(), '5');
  await write(ana, 'The gate code is 4711');
  const texts = [ana, ben].map((page) => article(page, 'The gate code is 4711'));
  await texts[1].waitFor();
  await ben.bringToFront(); // he reads it
  await texts[1].locator('[data-vanishing]').waitFor();
  await picture(ben, 'vanishing');
  for (const text of texts) await text.waitFor({ state: 'detached' });
  for (const page of [ana, ben]) await page.locator('[data-row]').filter({ hasText: 'Welcome' }).waitFor();
  for (const page of [ana, ben]) {
    const left = await page.evaluate(async () => {
      const state = await window.go.app.API.Start();
      const { messages } = await window.go.app.API.PageLast(state.conversations[0].id, 200);
      return messages.map((message) => message.text);
    });
    assert.deepEqual(left, ['Hello Ana', 'Welcome'], 'what was written before the timer stays, what came under it is gone');
  }
  await ben.getByRole('combobox', { name: 'Disappearing messages' }).selectOption('0');
  await ana.getByRole('button', { name: mark }).waitFor({ state: 'detached' });
});

test('read marks that are off are off in both directions', async () => {
  const { page: ana } = people.Ana;
  const { page: ben } = people.Ben;
  await ben.bringToFront();
  await ben.keyboard.press('Control+,');
  const marks = ben.getByRole('switch', { name: /Read marks/ });
  await ben.getByText('Read marks').click();
  await ben.getByText('Contacts do not see what you read').waitFor();
  assert.equal(await marks.isChecked(), false);
  await ben.keyboard.press('Escape');
  await article(ben, 'Welcome').waitFor();

  await write(ana, 'Are you there?');
  await article(ben, 'Are you there?').waitFor();
  await eventually(ben, async () => (await window.go.app.API.Start()).conversations[0].unread === 0);
  await write(ben, 'I am');
  await article(ana, 'I am').waitFor();
  await ana.bringToFront();
  await eventually(ana, async () => (await window.go.app.API.Start()).conversations[0].unread === 0);
  // What was written after it is on the other side: nothing that says "read" is on its way any more.
  await write(ana, 'Good');
  await article(ben, 'Good').waitFor();
  await write(ben, 'Bye');
  await article(ana, 'Bye').waitFor();
  const states = (page) =>
    page.evaluate(async () => {
      const state = await window.go.app.API.Start();
      const { messages } = await window.go.app.API.PageLast(state.conversations[0].id, 200);
      return messages.filter((message) => message.mine).map((message) => `${message.text}: ${message.state}`);
    });
  assert.ok((await states(ana)).includes('Are you there?: delivered'), String(await states(ana)));
  assert.ok((await states(ben)).includes('I am: delivered'), String(await states(ben)));

  await ben.bringToFront();
  await ben.keyboard.press('Control+,');
  await ben.getByText('Read marks').click();
  await ben.getByText('Contacts see what you have read').waitFor();
  await ben.keyboard.press('Escape');
  await ana.getByRole('article', { name: /Are you there\?.*Read/ }).waitFor();
});

test('nobody complained', () => {
  for (const [name, { complaints }] of Object.entries(people)) assert.deepEqual(complaints, [], name);
});
