// A contact who writes on and on: slowed, muted with a notice, and heard again when the person wants it.
import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { judgeAll, wellMade } from './judge.mjs';
import { article, composer, introduce, openNamed, openSettings } from './people.mjs';
import { artifacts, buildFaults, call, startBrowser, startServer } from './programs.mjs';

let browser;
let server;
let root;
const people = [];
let ana;
let ben;

before(async () => {
  await mkdir(artifacts, { recursive: true });
  root = await mkdtemp(join(tmpdir(), 'tincan-flood-'));
  [browser, server] = await Promise.all([startBrowser(), startServer()]);
  // What may come at once is less than what is shipped: it is spent after half a MiB, and not after 117.
  const near = { program: await buildFaults(root), environment: { TINCAN_FAULTS_NUMBER: 'flood.burst=500' } };
  for (const [name, more] of Object.entries({ Ana: near, Ben: {} })) people.push(await openNamed(browser, server, name, more));
  [ana, ben] = people.map((one) => one.page);
  await introduce(ana, ben, 'Hello Ana, it is Ben');
});

after(async () => {
  await browser?.close();
  for (const person of people) await person.device.stop();
  await server?.stop();
  await rm(root, { recursive: true, force: true });
});

const notice = () => ana.getByRole('status').filter({ hasText: 'Ben sends more than anybody can read' });
const row = async (page) => (await call(page, 'Start')).conversations[0];

/** Has Ben write the longest texts that there are, 20 a second, until window.dry. */
const flood = (id) =>
  ben.evaluate((conversation) => {
    const text = 'A flood. '.repeat((30 << 10) / 9);
    window.flooded = new Promise((resolve, reject) => {
      const next = setInterval(() => {
        if (window.dry) {
          clearInterval(next);
          resolve();
        } else {
          window.go.app.API.SendText(conversation, text).catch(reject);
        }
      }, 50);
    });
  }, id);

test('slowed at first, of which Ana hears nothing', async () => {
  const { id } = await row(ana);
  // Nobody has to draw all of it: that takes longer than writing it.
  for (const page of [ana, ben]) await openSettings(page, 'Appearance');
  await flood(id);
  await people[0].device.said('and is slowed');
  assert.equal((await row(ana)).muted, undefined);
  assert.equal(await notice().count(), 0);
});

test('then muted, with a notice and two ways out', async () => {
  await people[0].device.said('and is muted');
  await ben.evaluate(() => {
    window.dry = true;
    return window.flooded.then(() => undefined);
  });
  assert.equal((await row(ana)).unread, 0);
  for (const page of [ana, ben]) await page.keyboard.press('Escape');
  await notice().waitFor();
  await judgeAll(ana, 'flood-muted');
  await notice().getByRole('button', { name: 'Ban' }).click();
  const dialog = ana.getByRole('alertdialog', { name: 'Ban Ben?' });
  await dialog.waitFor();
  await ana.keyboard.press('Escape');
  await dialog.waitFor({ state: 'detached' });
});

test('and heard again', async () => {
  await notice().getByRole('button', { name: 'Unmute' }).click();
  await notice().waitFor({ state: 'detached' });
  await composer(ana).and(ana.locator(':focus')).waitFor();
  await article(ana, 'A flood.').first().waitFor();
  assert.equal((await row(ana)).muted, undefined);
  wellMade();
});
