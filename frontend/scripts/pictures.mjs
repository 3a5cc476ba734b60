// Takes the pictures of docs/who-reaches-you.md again, from the real programs in build/bin: node scripts/pictures.mjs [FOLDER]
// Needs ImageMagick (convert), which makes them small.

import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { promisify } from 'node:util';
import { article, composer, introduce, openNamed, openSettings, write } from '../e2e/people.mjs';
import { call, eventually, openPage, startBrowser, startDevice, startServer } from '../e2e/programs.mjs';
import { stillness } from './settled.mjs';

const folder = process.argv[2] ?? new URL('../../docs/pictures', import.meta.url).pathname;
/** Bytes of a picture. */
const most = 120 << 10;
const words = 'seven knots of twine';
const size = { width: 1080, height: 720 };
const temporary = await mkdtemp(join(tmpdir(), 'tincan-pictures-'));
const people = [];

async function picture(page, name) {
  await page.mouse.move(0, 0);
  await stillness(page);
  const raw = join(temporary, `${name}.png`);
  const file = join(folder, `reach-${name}.png`);
  await page.screenshot({ path: raw });
  await promisify(execFile)('convert', [raw, '-strip', '+dither', '-colors', '96', `PNG8:${file}`]);
  const { size: bytes } = await stat(file);
  process.stdout.write(`${file}: ${bytes} bytes\n`);
  if (bytes > most) throw new Error(`${file} has more than ${most} bytes`);
}

async function open(name) {
  const person = await openNamed(browser, server, name, { size });
  people.push(person);
  return person.page;
}

const [browser, server] = await Promise.all([startBrowser(), startServer('--host', '127.0.0.1')]);
let backup;
try {
  const [mira, jonas, noor] = [await open('Mira'), await open('Jonas Weber'), await open('Noor Haddad')];
  await introduce(mira, jonas, 'Hello Mira, Jonas from the kayak club');
  await write(mira, 'Good to hear you, Jonas');
  await write(jonas, 'The ferry leaves at 9 then. Shall I bring the thermos?');
  await write(mira, 'Yes, and the long paddles');
  await article(jonas, 'the long paddles').waitFor();

  const { link } = await call(mira, 'CreateInvite', { label: 'Kayak club', days: 7, uses: 5 });
  await call(noor, 'SendRequest', link, 'Hello Mira, this is Noor. Jonas says there is a free seat on Sunday?');
  await mira.getByText('Contact requests').click();
  await mira.getByText('a free seat on Sunday').first().waitFor();
  await picture(mira, 'request');
  await mira.getByRole('button', { name: 'Accept' }).click();
  await composer(mira).waitFor();
  await noor.locator('[data-row]').first().click();
  await composer(noor).waitFor();

  await mira.locator('[data-row]', { hasText: 'Jonas Weber' }).click();
  await mira.getByRole('textbox', { name: 'Message Jonas' }).waitFor();
  await mira.keyboard.press('Control+Shift+V');
  await mira.getByRole('dialog').getByText('Safety number', { exact: true }).waitFor();
  await picture(mira, 'verify');
  await mira.keyboard.press('Escape');

  await mira.locator('[data-row]', { hasText: 'Noor Haddad' }).click();
  await mira.getByRole('textbox', { name: 'Message Noor' }).waitFor();
  await mira.getByRole('button', { name: /This line: (LAN|Direct|Relayed)/ }).waitFor();
  await write(noor, 'Buy my boat, it is cheap');
  await article(mira, 'Buy my boat').waitFor();
  await mira.keyboard.press('Control+i');
  await mira.locator('[data-pane="details"]').getByRole('button', { name: 'Ban Noor…' }).click();
  const dialog = mira.getByRole('alertdialog');
  await dialog.getByLabel('Reason').fill('Sells boats');
  await picture(mira, 'ban');
  await dialog.getByRole('button', { name: 'Ban', exact: true }).click();
  await mira.getByText('You banned Noor').first().waitFor();
  await write(noor, 'Are you there?');
  for (const [target, reason] of [
    ['198.51.100.0/24', 'Knocks all night'],
    ['2001:db8:7::/64', ''],
    ['*.example.net', 'Advertising'],
  ])
    await call(mira, 'AddBan', { kind: '', target, reason, ends: '', tell: false });
  await eventually(
    mira,
    async () =>
      (
        await window.go.app.API.BansPage({
          search: '',
          filter: 'all',
          column: 'added',
          descending: true,
          offset: 0,
          limit: 9,
        })
      ).blocked > 0,
  );
  await openSettings(mira, 'Ban list');
  await mira.getByRole('row').filter({ hasText: 'Sells boats' }).waitFor();
  await mira.getByText('Noor is banned.').waitFor({ state: 'detached' });
  await picture(mira, 'bans');

  await openSettings(mira, 'Profile');
  // Only the page itself scrolls.
  await mira.getByRole('region', { name: 'What others see' }).evaluate((part) => {
    part.closest('main').scrollTop = part.offsetTop - 20;
  });
  await picture(mira, 'privacy');

  await call(mira, 'Protect', { protection: 'passphrase', old: '', new: words });
  backup = (await call(mira, 'SaveBackup', words)).path;
  await openSettings(mira, 'Storage & backup');
  await mira.getByText('Last backup:').waitFor();
  await picture(mira, 'key');
  await mira.getByRole('button', { name: 'Lock now' }).click();
  await mira.getByRole('heading', { name: 'Locked' }).waitFor();
  await picture(mira, 'locked');

  const fresh = await openPage(browser, await startDevice({ options: ['--no-host'] }), size);
  people.push(fresh);
  await fresh.page.getByRole('button', { name: 'Restore from a backup' }).click();
  const input = fresh.page.locator('input[type=file]');
  await input.setInputFiles({
    name: 'tincan-Mira.tincan-backup',
    mimeType: 'application/octet-stream',
    buffer: await readFile(backup),
  });
  await fresh.page.getByLabel('Passphrase of the backup').fill(words);
  await picture(fresh.page, 'restore');
  await fresh.page.keyboard.press('Enter');
  await fresh.page.getByRole('complementary', { name: 'Conversations' }).waitFor();
} finally {
  await browser.close();
  for (const { device } of people) await device.stop();
  await server.stop();
  await rm(temporary, { recursive: true, force: true });
  if (backup) await rm(backup, { force: true });
}
