// Pictures of every screen from real devices at a real introduction server, beside the drawings (docs/interface.md). Nothing in
// them is pretended: each state is brought about as people would.
//
//   node scripts/screens.mjs FOLDER [pattern of names]
import { mkdir } from 'node:fs/promises';
import process from 'node:process';
import { openPage, startBrowser, startDevice, startServer } from '../e2e/programs.mjs';
import { startPerson, until } from './bench/people.mjs';
import { compose, languages, takeAll } from './sheet.mjs';

const [folder, pattern = ''] = process.argv.slice(2);
const only = new RegExp(pattern);
if (!folder) {
  process.stderr.write('usage: node scripts/screens.mjs FOLDER [pattern of names]\n');
  process.exit(2);
}
await mkdir(folder, { recursive: true });

const size = { width: 1200, height: 800 };
const browser = await startBrowser();
const server = await startServer('--host', '127.0.0.1');
const running = [];

/** Takes a screen, with the drawing of it if there is one. */
async function screen(name, drawing, page) {
  if (!only.test(name)) return;
  await compose(browser, folder, name, drawing, await takeAll(page));
  process.stdout.write(`${name}\n`);
}

/** Somebody whose interface is not looked at; each has a colour of their own. */
async function person(name) {
  const one = await startPerson(name, { server });
  await one.call('SetProfile', name, 1 + ((running.length * 3) % 8), '', '');
  running.push(one);
  await until(`${name} is online`, async () =>
    (await one.call('Start')).network.servers.some((held) => held.state === 'online'),
  );
  return one;
}

/** Who has no profile yet: the first run, once for each language, because only the browser says it. */
async function firstRun() {
  const device = await startDevice({ options: ['--host-at', '127.0.0.1'] });
  running.push(device);
  const steps = {
    'first-run': async () => undefined,
    'first-run-error': async (page) => {
      await page.locator('form input').first().fill('M'.repeat(300));
      await page.keyboard.press('Enter');
      await page.locator('[aria-invalid=true]').waitFor();
    },
    'first-run-restore': async (page) => {
      await page.locator('form input').first().fill('Mira');
      await page.locator('form > button').last().press('Enter');
      await page.locator('input[type=password]').waitFor();
    },
  };
  for (const [name, step] of Object.entries(steps)) {
    if (!only.test(name)) continue;
    const taken = new Map();
    for (const language of languages) {
      const { page } = await openPage(browser, device, size, { locale: language });
      await page.locator('form input').first().waitFor();
      await step(page);
      for (const [key, picture] of await takeAll(page, [language])) taken.set(key, picture);
      await page.context().close();
    }
    await compose(browser, folder, name, name === 'first-run' ? '01-first-run' : `01-${name}`, taken);
    process.stdout.write(`${name}\n`);
  }
}

async function world() {
  const mira = await openPage(
    browser,
    await startDevice({ options: ['--name', 'Mira Lind', '--no-host', '--server', server.address] }),
    size,
  );
  running.push(mira.device);
  const { page } = mira;
  const call = (method, ...given) => page.evaluate(([name, rest]) => window.go.app.API[name](...rest), [method, given]);
  const state = () => call('Start');
  const rowOf = async (name) => (await state()).conversations.find((row) => row.name === name && !row.next);
  await page.locator('[data-pane=main] button').first().waitFor();
  await call('SetProfile', 'Mira Lind', 2, '', '');
  await until('Mira is online', async () => (await state()).network.servers.some((one) => one.state === 'online'));
  const leave = () => page.keyboard.press('Escape');
  const closed = () =>
    page
      .locator('[role=dialog], [role=alertdialog]')
      .waitFor({ state: 'detached', timeout: 5000 })
      .catch(async () => {
        process.stderr.write(
          `Escape did not close; ${await page.evaluate(() => document.activeElement?.outerHTML.slice(0, 200))}\n`,
        );
        await page.locator('[role=dialog] header button, [role=alertdialog] header button').click();
      });
  const open = async (name) => {
    await page.locator(`[data-row="${(await rowOf(name)).id}"]`).click();
    await page.locator('[data-composer]').waitFor();
  };

  // Nobody is known yet.
  await page.locator('[data-pane=main] svg path').first().waitFor();
  await screen('empty-nocontacts', '03-empty-nocontacts', page);
  const dialog = async (keys, ready) => {
    await page.keyboard.press(keys);
    await page.locator(`[role=dialog] ${ready}, [role=alertdialog] ${ready}`).first().waitFor();
  };
  await dialog('Control+Shift+A', '[role=tabpanel] svg path');
  await screen('add-contact-invite', '04-add-contact-invite', page);
  await leave();
  await closed();

  // People, and what they wrote to one another.
  const names = ['Ana Duarte', 'Jonas Weber', 'Priya Raman', 'Grandpa Ole', 'Tomás Reyes'];
  const people = {};
  for (const name of names) {
    const one = await person(name);
    people[name] = one;
    const { link } = await call('CreateInvite', { label: 'Kayak club', days: 7, uses: 1 });
    await one.call('SendRequest', link, name === 'Ana Duarte' ? 'Good morning from the quay!' : 'Hello Mira');
    await until(`${name} asks`, async () => (await state()).requests.length === 1);
    await call('AcceptRequest', (await state()).requests[0].id);
    await until(`${name} is met`, async () => (await rowOf(name))?.contact === 'mutual');
  }
  const { id: ana } = await rowOf('Ana Duarte');
  const from = async (name, text) => {
    const { id } = (await people[name].call('Start')).conversations[0];
    await people[name].call('SendText', id, text);
    await until(`${text} arrives`, async () =>
      (await call('PageLast', (await rowOf(name)).id, 5)).messages.some((one) => one.text === text),
    );
  };
  await call('SendText', ana, 'Morning! Still on for the lighthouse on Saturday?');
  await from('Ana Duarte', 'Look who is already out there');
  const page5 = await call('PageLast', ana, 5);
  const seen = page5.messages.at(-1);
  await call('React', ana, seen.id, '❤️', false);
  const asked = await call('SendReply', ana, 'Is that Ole’s boat? He said he gave it away!', seen.id);
  await call('EditMessage', ana, asked.id, 'Is that Ole’s boat? He said he sold it!');
  await from('Ana Duarte', 'He “sold” it to my uncle. For one jar of honey.');
  await from('Ana Duarte', 'The ferry leaves at 9 then. I’ll bring the thermos');
  await from('Jonas Weber', '周六早上九点见，别忘了带帐篷');
  await call('SaveDraft', (await rowOf('Priya Raman')).id, 'did you see the second tide table?');
  await page.reload();
  await page.locator('[data-row]').first().waitFor();
  await screen('empty-nosel', '03-empty-nosel', page);
  await call('PinConversations', [ana]);

  // Two who ask.
  const { link } = await call('CreateInvite', { label: 'Harbour notice board', days: 7, uses: 5 });
  for (const [name, text] of [
    ['Noor Haddad', 'Hi Mira, we met at the kayak club. Could you send me the tide tables?'],
    ['Cheap Sails', 'Best sails, best price, today only'],
  ])
    await (await person(name)).call('SendRequest', link, text);
  await until('both ask', async () => (await state()).requests.length === 2);

  // The line in its states.
  await open('Ana Duarte');
  await until('the line to Ana is open', async () =>
    ['lan', 'direct'].includes((await rowOf('Ana Duarte')).line.state),
  );
  await page.keyboard.press('Control+i');
  await page.locator('[data-pane=details]').waitFor();
  await screen('main-direct', '02-main-direct', page);
  await call('SetRoute', ana, 'relayed');
  await until('the line to Ana is relayed', async () => (await rowOf('Ana Duarte')).line.state === 'relayed').catch(
    (reason) => process.stderr.write(`${reason.message}\n`),
  );
  await screen('main-relay', '02-main-relay', page);
  await call('SetRoute', ana, '');
  await people['Grandpa Ole'].stop();
  running.splice(running.indexOf(people['Grandpa Ole']), 1);
  const { id: ole } = await rowOf('Grandpa Ole');
  await until('Ole is away', async () => (await rowOf('Grandpa Ole')).presence === 'offline');
  await open('Grandpa Ole');
  for (const text of ['Is it true about the boat?', 'We come on Saturday, all five of us.'])
    await call('SendText', ole, text);
  await until(
    'the messages are in the mailbox',
    async () => (await call('PageLast', ole, 1)).messages[0].state === 'stored',
  );
  await screen('main-waiting', '02-main-waiting', page);

  // Requests.
  await page.locator('[data-way=requests]').press('Enter');
  await page.locator('article textarea').waitFor();
  await screen('request', '05-request', page);
  await page.locator('article').getByRole('button').last().press('Enter');
  await page.locator('[role=alertdialog] footer button').first().waitFor();
  await screen('request-ban', '05-request-ban', page);
  await leave();
  await closed();
  await leave();

  // Adding somebody by a link, and by a handle.
  await dialog('Control+n', '[role=tabpanel] svg path');
  await page.locator('[role=tab][data-key=paste]').click();
  const field = page.locator('[role=tabpanel] input');
  const elif = await person('Elif Kaya');
  const invite = await elif.call('CreateInvite', { label: '', days: 7, uses: 1 });
  await field.fill(invite.link);
  await page.locator('[role=tabpanel] textarea').fill('Hi Elif, it is Mira from the kayak club');
  await screen('add-contact-paste', '04-add-contact-paste', page);
  await field.fill(`${invite.link.slice(0, 60)}`);
  await page.locator('[aria-invalid=true]').waitFor();
  await screen('add-contact-bad', '04-add-contact-bad', page);
  const host = new URL(server.address).hostname;
  await elif.call('ClaimHandle', `elif@${host}`).catch((reason) => process.stderr.write(`${reason.message}\n`));
  await page.locator('[role=tab][data-key=handle]').click();
  await page.locator('[role=tabpanel] input').fill(`elif@${host}`);
  await page.keyboard.press('Enter');
  await page
    .locator('[role=tabpanel] textarea, [role=tabpanel] [role=alert]')
    .first()
    .waitFor()
    .catch(() => undefined);
  await screen('add-contact-handle', '04-add-contact-handle', page);
  await leave();
  await closed();

  // Comparing.
  await open('Jonas Weber');
  await dialog('Control+Shift+V', 'footer button');
  await screen('verify-unverified', '06-verify-unverified', page);
  await leave();
  await closed();
  await call('Verify', (await rowOf('Jonas Weber')).id, true);
  await dialog('Control+Shift+V', 'footer button');
  await screen('verify-verified', '06-verify-verified', page);
  await leave();
  await closed();
  const { id: tomas } = await rowOf('Tomás Reyes');
  await open('Tomás Reyes');
  await call('Verify', tomas, false);
  await dialog('Control+Shift+V', 'footer button');
  await screen('verify-mismatch', '06-verify-mismatch', page);
  await leave();
  await closed();
  // What is found.
  await open('Ana Duarte');
  await page.keyboard.press('Control+Shift+F');
  await page.locator('[data-search]').fill('the');
  await page.locator('[role=option]').first().waitFor();
  await screen('search-results', '09-search-results', page);
  await page.locator('[data-search]').fill('fery');
  await page.locator('[data-place=search] p button').waitFor();
  await screen('search-none', '09-search-none', page);
  await leave();
  await dialog('Control+k', '[role=combobox]');
  await page.keyboard.type('an');
  await screen('switcher', '09-search-switcher', page);
  await leave();
  await closed();

  // A ban, in the middle of a conversation.
  await open('Priya Raman');
  await page.locator('[data-pane=details] section').last().getByRole('button').last().press('Enter');
  await page.locator('[role=alertdialog] footer button').first().waitFor();
  await screen('ban', undefined, page);
  await page.locator('[role=alertdialog] footer button').last().press('Enter');
  await closed();
  await until('Priya is banned', async () => (await rowOf('Priya Raman')).contact === 'banned');
  await screen('banned', undefined, page);
  for (const [kind, target, reason] of [
    ['range', '198.51.100.0/24', 'Floods from there'],
    ['address', '203.0.113.7', ''],
    ['domain', 'spam.example.org', 'Sells addresses'],
  ])
    await call('AddBan', { kind, target, reason, days: 0, ends: '', tell: false });

  // The network.
  await open('Ana Duarte');
  await page.keyboard.press('Control+Shift+N');
  await page.locator('button[data-node]').first().waitFor();
  await screen('network-picture', '08-network-picture', page);
  await page.keyboard.press('Control+Shift+N');
  await page.locator('[data-place=network] table').first().waitFor();
  await screen('network-table', '08-network-table', page);
  await leave();

  // The settings.
  const pages = ['profile', 'network', 'bans', 'storage', 'appearance', 'notifications', 'shortcuts', 'about'];
  await page.keyboard.press('Control+,');
  for (const [index, one] of pages.entries()) {
    await page.locator('[data-pane=pages] > button').nth(index).press('Enter');
    await page.locator(`[data-page=${one}] h1`).waitFor();
    await screen(`settings-${one}`, `07-settings-${one}`, page);
  }
  await page.locator('[data-pane=pages] > button').nth(3).press('Enter');
  await page.locator('[data-page=storage] button').first().press('Enter');
  await page.locator('[role=dialog] input').first().waitFor();
  await screen('backup', undefined, page);
  await leave();
  await closed();
}

try {
  await firstRun();
  await world();
} finally {
  await browser.close();
  for (const one of running) await one.stop();
  await server.stop();
}
