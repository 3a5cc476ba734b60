// Two people write to one another in English and Chinese on the shipped interface; one finds what was written, and opens it.
import assert from 'node:assert/strict';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { artifacts, call, eventually, openPerson, startBrowser } from './programs.mjs';

let browser;
const people = {};

const picture = (page, name) => page.screenshot({ path: join(artifacts, `browser-${name}.png`) });
const field = (page) => page.getByRole('combobox', { name: 'Search messages and people' });
const composer = (page, name) => page.getByRole('textbox', { name: `Message ${name}` });

/** What is on screen of a message, or false. */
const inSight = (page, text) =>
  page.waitForFunction((wanted) => {
    const log = document.querySelector('[data-log]')?.getBoundingClientRect();
    return [...document.querySelectorAll('article')].some((article) => {
      const place = article.getBoundingClientRect();
      return log && article.textContent.includes(wanted) && place.top >= log.top && place.bottom <= log.bottom;
    });
  }, text);

before(async () => {
  await mkdir(artifacts, { recursive: true });
  browser = await startBrowser();
});

after(async () => {
  await browser?.close();
  for (const { device } of Object.values(people)) await device.stop();
});

test('two people chat in English and Chinese', async () => {
  people.Ana = await openPerson(browser, 'Ana');
  people.Ben = await openPerson(browser, 'Ben', { size: { width: 720, height: 560 } });
  const { page: ana } = people.Ana;
  const { page: ben } = people.Ben;
  const invite = await call(ana, 'CreateInvite', { label: '', days: 7, uses: 1 });
  await call(ben, 'SendRequest', invite.link, 'Hello Ana, it is Ben');
  await ana.getByText('Contact requests').click();
  await ana.getByRole('button', { name: 'Accept' }).click();
  await composer(ana, 'Ben').waitFor();
  for (const text of ['明天早上九点我们在会议室见', 'The ferryman <b>never</b> sleeps']) {
    await composer(ana, 'Ben').fill(text);
    await ana.keyboard.press('Enter');
    await ana.getByRole('article').filter({ hasText: text }).waitFor();
  }
  const { id } = (await call(ana, 'Start')).conversations[0];
  // Far more than a page, so that what is found is not held any more.
  for (let count = 1; count <= 260; count++) await call(count % 2 ? ana : ben, 'SendText', id, `Small talk ${count}`);
  await eventually(ben, async (conversation) => {
    const last = await window.go.app.API.PageLast(conversation, 1);
    return last.messages[0]?.text.startsWith('Small talk 2') && !(await window.go.app.API.Search('small', '', '')).waiting;
  }, id);
  // What is unread would be where the conversation opens.
  await eventually(ana, async () => {
    const [row] = (await window.go.app.API.Start()).conversations;
    return row.preview === 'Small talk 260' && !row.unread;
  });
});

test('a Chinese word of two characters is found, and opened in its place', async () => {
  const { page: ana } = people.Ana;
  await ana.reload();
  await ana.getByRole('button', { name: /Ben/ }).first().click();
  await composer(ana, 'Ben').click();
  await ana.keyboard.press('Control+f');
  await ana.waitForFunction(() => document.activeElement?.matches('[data-search]'));
  await ana.keyboard.type('会议');
  const option = ana.getByRole('option');
  await option.first().waitFor();
  assert.equal(await option.count(), 1);
  assert.equal(await option.locator('mark').textContent(), '会议');
  await ana.getByText('1 result on this computer').waitFor();
  await picture(ana, 'search-chinese');
  await ana.keyboard.press('ArrowDown');
  await ana.keyboard.press('Enter');
  await inSight(ana, '我们在会议室见');
  await ana.waitForFunction(() => document.activeElement?.textContent?.includes('会议室'));
  await picture(ana, 'search-opened');
  // Escape leads back to the results, and from there to where the person was.
  await ana.keyboard.press('Escape');
  await option.first().waitFor();
  await ana.waitForFunction(() => document.activeElement?.matches('[data-search]'));
  await ana.keyboard.press('Escape');
  await composer(ana, 'Ben').waitFor();
  await ana.waitForFunction(() => document.activeElement?.matches('[data-composer]'));
  await inSight(ana, 'Small talk 260');
});

test('the beginning of a Latin word is found in a narrow window, and the latest is one key away', async () => {
  const { page: ben } = people.Ben;
  await ben.keyboard.press('Control+Shift+F');
  await ben.waitForFunction(() => document.activeElement?.matches('[data-search]'));
  await ben.keyboard.type('FERRYM');
  const option = ben.getByRole('option');
  await option.first().waitFor();
  assert.equal(await option.count(), 1);
  assert.equal(await option.locator('mark').textContent(), 'ferrym');
  assert.equal(await option.locator('b').count(), 0, 'what people write is never markup');
  await picture(ben, 'search-narrow');
  await option.click();
  await inSight(ben, 'ferryman');
  await ben.getByRole('button', { name: 'Back to the results' }).waitFor();
  await picture(ben, 'search-narrow-opened');
  await ben.keyboard.press('End');
  await inSight(ben, 'Small talk 260');
});

test('more results come while scrolling, few of them mounted', async () => {
  const { page: ana } = people.Ana;
  await ana.keyboard.press('Control+Shift+F');
  await ana.waitForFunction(() => document.activeElement?.matches('[data-search]'));
  await ana.keyboard.type('small');
  await ana.getByText('The newest 50 results on this computer').waitFor();
  await ana.waitForFunction(() => {
    const list = document.querySelector('[data-results]');
    list?.scrollTo({ top: list.scrollHeight });
    return document.querySelector('[data-place="search"] [role="status"]')?.textContent === '260 results on this computer';
  });
  assert.ok((await ana.getByRole('option').count()) < 60, 'rows out of sight are not mounted');
});

test('what is deleted is not found any more', async () => {
  const { page: ana } = people.Ana;
  await field(ana).fill('ferryman');
  await ana.getByRole('option').first().waitFor();
  const { id } = (await call(ana, 'Start')).conversations[0];
  const { hits } = await call(ana, 'Search', 'ferryman', '', '');
  await call(ana, 'DeleteMessage', id, hits[0].id, true);
  await ana.getByText('Nothing for “ferryman”').waitFor();
});

test('nobody complained', () => {
  for (const [name, { complaints }] of Object.entries(people)) assert.deepEqual(complaints, [], name);
});
