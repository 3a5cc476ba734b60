// A contact whose name and messages are markup and scripts, on the shipped interface under its policy.
import assert from 'node:assert/strict';
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { artifacts, beSomebody, openPage, startBrowser, startDevice } from './programs.mjs';

let browser;
const people = {};

/** The texts of the interface's own tests, as they stand there. */
async function hostileTexts() {
  const source = await readFile(new URL('../src/backend/samples-hostile.ts', import.meta.url), 'utf8');
  const list = /hostileTexts: readonly string\[\] = (\[[\s\S]*?\n\]);/.exec(source);
  return new Function(`return ${list[1]}`)();
}

before(async () => {
  await mkdir(artifacts, { recursive: true });
  browser = await startBrowser();
});

after(async () => {
  await browser?.close();
  for (const { device } of Object.values(people)) await device.stop();
});

test('nothing that people write runs in the browser', async () => {
  const name = '<img src=x onerror=pwned()>';
  const ran = [];
  for (const [who, called] of [
    ['ana', 'Ana'],
    ['mallory', name],
  ]) {
    people[who] = await openPage(browser, await startDevice(), { width: 1200, height: 800 });
    const { page } = people[who];
    await page.exposeFunction('pwned', () => ran.push('a script'));
    page.on('dialog', (dialog) => {
      ran.push('a dialog');
      void dialog.dismiss();
    });
    page.on('console', (message) => {
      if (/Content.Security.Policy/i.test(message.text())) ran.push(message.text());
    });
    await beSomebody(page, called);
  }
  const ana = people.ana.page;
  const mallory = people.mallory.page;
  const link = await ana.evaluate(
    async () => (await window.go.app.API.CreateInvite({ label: '<b>x</b>', days: 1, uses: 1 })).link,
  );
  const id = await mallory.evaluate(
    async (to) => (await window.go.app.API.SendRequest(to, '<svg onload=pwned()>')).id,
    link,
  );
  await ana.getByText('Contact requests').click();
  await ana.getByText('<svg onload=pwned()>').first().waitFor();
  await ana.screenshot({ path: join(artifacts, 'browser-hostile-request.png') });
  await ana.getByRole('button', { name: 'Accept' }).click();
  await ana.getByRole('article').filter({ hasText: '<svg onload=pwned()>' }).waitFor();
  let shown = 0;
  for (const text of await hostileTexts()) {
    const sent = await mallory.evaluate(
      async ([to, words]) => {
        try {
          return (await window.go.app.API.SendText(to, words)).text === words;
        } catch {
          return false; // a text with NUL is refused
        }
      },
      [id, text],
    );
    if (!sent) continue;
    await ana.waitForFunction(
      (words) => [...document.querySelectorAll('article, [role=article]')].some((one) => one.textContent.includes(words)),
      text,
    );
    shown++;
  }
  assert.ok(shown >= 25, `only ${shown} texts arrived`);
  await ana.screenshot({ path: join(artifacts, 'browser-hostile.png') });
  const live = await ana.evaluate(() =>
    [...document.querySelectorAll('*')].flatMap((one) =>
      [...one.attributes].filter((attribute) => /^on|^srcdoc$/i.test(attribute.name) || /^(java|vb)script:/i.test(attribute.value)).map((attribute) => `${one.tagName} ${attribute.name}`),
    ),
  );
  assert.deepEqual(live, []);
  assert.equal(await ana.evaluate(() => document.querySelectorAll('iframe, object, embed, base').length), 0);
  assert.deepEqual(ran, []);
});
