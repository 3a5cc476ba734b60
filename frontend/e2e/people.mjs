// Two people who know each other, each with a device at one introduction server.
import { mkdir } from 'node:fs/promises';
import { artifacts, call, eventually, openPage, startBrowser, startDevice, startServer } from './programs.mjs';

export const composer = (page) => page.locator('[data-composer]');
export const article = (page, text) => page.getByRole('article').filter({ hasText: text });

/** Starts a device of somebody who has a name already, at a server, and opens it. */
export async function openNamed(browser, server, name, { size, ...more } = {}) {
  const options = ['--name', name, '--no-host', '--server', server.address];
  const person = await openPage(browser, await startDevice({ ...more, options }), size);
  await person.page.getByRole('complementary', { name: 'Conversations' }).waitFor();
  await online(person.page);
  await person.device.said('mail comes here');
  return person;
}

export const online = (page) =>
  eventually(page, async () => (await window.go.app.API.Start()).network.servers.some((one) => one.state === 'online'));

/** One of them invites the other, who asks and is accepted; both have the conversation open. */
export async function introduce(host, guest, greeting) {
  const { link } = await call(host, 'CreateInvite', { label: 'Kayak club', days: 7, uses: 1 });
  await call(guest, 'SendRequest', link, greeting);
  await host.getByText('Contact requests').click();
  await host.getByRole('button', { name: 'Accept' }).click();
  await guest.locator('[data-row]').first().click();
  for (const page of [host, guest]) {
    await composer(page).waitFor();
    await page.getByRole('button', { name: /This line: (LAN|Direct|Relayed)/ }).waitFor();
  }
}

/** Ana, and Ben in a narrow window, who have met; `end` ends all that runs. */
export async function startPair() {
  await mkdir(artifacts, { recursive: true });
  const [browser, server] = await Promise.all([startBrowser(), startServer('--host', '127.0.0.1')]);
  const people = {};
  const end = async () => {
    await browser.close();
    for (const { device } of Object.values(people)) await device.stop();
    await server.stop();
  };
  try {
    people.Ana = await openNamed(browser, server, 'Ana');
    people.Ben = await openNamed(browser, server, 'Ben', { size: { width: 720, height: 700 } });
    await introduce(people.Ana.page, people.Ben.page, 'Hello Ana, it is Ben');
  } catch (error) {
    await end();
    throw error;
  }
  return { browser, server, people, end };
}

/** Writes a text in the conversation that is open. */
export async function write(page, text) {
  await composer(page).fill(text);
  await composer(page).press('Enter');
  await article(page, text).first().waitFor();
}

/** Opens a page of the settings by the keyboard; one that is open already is left first. */
export async function openSettings(page, name) {
  await page.keyboard.press('Control+,');
  await page.getByRole('navigation', { name: 'Settings' }).getByText(name, { exact: true }).click();
  await page.getByRole('heading', { level: 1, name }).waitFor();
}
