// Nothing that somebody else writes becomes more than a text: every text of xss.txt, wherever people's words are shown.
import assert from 'node:assert/strict';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { artifacts, beSomebody, call, startBrowser, startDevice } from './programs.mjs';
import { openWatched, plainFound, readVectors, shows, showsMessages } from './xss.mjs';

// Nobody is asked there: that anybody wants to ask is what fails.
const vectors = await readVectors('http://listener.invalid');
const people = {};
let browser;
let conversation;

const picture = (page, name) => page.screenshot({ path: join(artifacts, `browser-xss-${name}.png`) });

/** Cut to so many bytes, at a character. */
const cut = (text, most) => {
  let bytes = 0;
  return [...text].reduce((kept, character) => {
    bytes += Buffer.byteLength(character);
    return bytes <= most ? kept + character : kept;
  }, '');
};

async function nothingRan() {
  for (const [name, person] of Object.entries(people)) assert.deepEqual(await person.faults(), [], name);
}

async function openPerson(who, name = who) {
  const person = await openWatched(browser, await startDevice());
  people[who] = person;
  await beSomebody(person.page, name);
  return person.page;
}

before(async () => {
  await mkdir(artifacts, { recursive: true });
  browser = await startBrowser();
});

after(async () => {
  await browser?.close();
  for (const { device } of Object.values(people)) await device.stop();
});

test('a stranger’s name and request', async () => {
  const ana = await openPerson('Ana');
  const ben = await openPerson('Ben', '<img src=x onerror=run(1)>');
  const { link } = await call(ana, 'CreateInvite', { label: vectors[0], days: 7, uses: 1 });
  // As many of the texts as one request carries.
  const request = cut(vectors.filter((text) => text.length < 100).join(' '), 1000);
  await call(ben, 'SendRequest', link, request);
  await ana.getByText('Contact requests').click();
  await shows(ana, '[data-pane="main"]', request.slice(0, 400));
  await shows(ana, '[data-pane="main"]', '<img src=x onerror=run(1)>');
  await picture(ana, 'request');
  await ana.getByRole('button', { name: 'Accept' }).click();
  await ana.locator('[data-composer]').waitFor();
  await ben.locator('[data-row]').first().click();
  conversation = (await call(ana, 'Start')).conversations[0].id;
  await nothingRan();
});

/** Calls the app; what it refuses is an answer, too. */
const attempt = (page, method, ...rest) =>
  page.evaluate(
    async ([name, given]) => {
      try {
        return { value: await window.go.app.API[name](...given) };
      } catch (refused) {
        return { refused: typeof refused === 'string' ? refused : JSON.stringify(refused) };
      }
    },
    [method, rest],
  );

async function closeDialog(page) {
  await page.getByRole('dialog').getByRole('button', { name: 'Close' }).click();
  await page.getByRole('dialog').waitFor({ state: 'detached' });
}

/** Some at a time: those that fit on the screen together. */
function batches() {
  const all = [[]];
  for (const text of vectors) {
    const room = text.length < 500 && all.at(-1).every((other) => other.length < 500) && all.at(-1).length < 6;
    if (room) all.at(-1).push(text);
    else all.push([text]);
  }
  return all;
}

test('messages, as they are sent and as they arrive', async () => {
  const { page: ana } = people.Ana;
  const { page: ben } = people.Ben;
  const refused = [];
  for (const batch of batches()) {
    const sent = [];
    for (const text of batch) {
      const answer = await attempt(ben, 'SendText', conversation, text);
      if (answer.refused) refused.push(text);
      else sent.push(answer.value.text);
    }
    for (const page of [ben, ana]) await showsMessages(page, ...sent);
  }
  // A NUL is no text; everything else arrives as it was written.
  assert.deepEqual(refused, vectors.filter((text) => text.includes('\u0000')));
  await picture(ana, 'messages');
  await nothingRan();
});

test('names and abouts, as they change', async () => {
  const { page: ana } = people.Ana;
  const { page: ben } = people.Ben;
  await ana.keyboard.press('Control+i');
  const names = vectors.filter((text) => text.length <= 64);
  const abouts = vectors.filter((text) => text.length <= 140).reverse();
  for (const [at, about] of abouts.entries()) {
    const name = names[at % names.length];
    const changed = await attempt(ben, 'SetProfile', name, 1, about, '');
    // What cannot be seen is no name: those are refused, and the one before stays.
    if (changed.refused) continue;
    await shows(ana, '[data-pane="main"] header', changed.value.name);
    await shows(ana, '[data-pane="details"]', changed.value.name, changed.value.about);
  }
  await picture(ana, 'names');
  await nothingRan();
});

test('what is searched for, and what is found', async () => {
  const { page: ana } = people.Ana;
  await ana.keyboard.press('Control+Shift+F');
  const field = ana.getByRole('combobox', { name: 'Search messages and people' });
  let found = 0;
  for (const [at, text] of [...vectors, 'onerror', 'script', 'javascript'].entries()) {
    // The list has no frames: some of the texts are enough for what marks them, all were shown as messages.
    if (text.length > 100 || (at % 4 !== 0 && at < vectors.length)) continue;
    await field.fill('');
    await ana.getByRole('option').first().waitFor({ state: 'detached' });
    await field.fill(text);
    const { hits } = await call(ana, 'Search', text, '', '');
    if (hits.length === 0) continue;
    found++;
    await ana.locator('[role=option] mark').first().waitFor();
    await shows(ana, '[role=option]', plainFound(hits[0].snippet, []).text);
    // Nothing is in a result but its own parts and what is marked.
    assert.equal(await ana.locator('[role=option] :is(b, img:not([src^="data:"]), a, script, iframe, style)').count(), 0, text);
  }
  assert.ok(found > 20, `${found} were found`);
  await picture(ana, 'search');
  await ana.keyboard.press('Escape');
  await nothingRan();
});

test('handles that are looked for', async () => {
  const { page: ben } = people.Ben;
  await ben.keyboard.press('Control+n');
  await ben.getByRole('tab', { name: 'Find by handle' }).click();
  const field = ben.getByRole('textbox', { name: 'Handle' });
  for (const text of vectors.filter((one, at) => one.length <= 200 && at % 3 === 0)) {
    await field.fill(text);
    await field.press('Enter');
  }
  await field.fill('<b>x</b>');
  await field.press('Enter');
  await ben.getByText(/This is not a handle/).waitFor();
  await picture(ben, 'handles');
  await ben.keyboard.press('Escape');
  await nothingRan();
});

test('labels of links, and links that are pasted', async () => {
  const { page: ana } = people.Ana;
  const labels = [];
  for (const text of vectors) {
    const made = await attempt(ana, 'CreateInvite', { label: cut(text, 64), days: 7, uses: 1 });
    if (made.refused) break; // there are as many as there may be
    labels.push(made.value.label);
  }
  assert.ok(labels.length > 10, `${labels.length} links`);
  await ana.keyboard.press('Control+Shift+A');
  await ana.getByRole('button', { name: 'Manage links' }).click();
  await shows(ana, '[role=dialog]', ...labels.slice(-5));
  await picture(ana, 'labels');
  await closeDialog(ana);
  await ana.keyboard.press('Control+Shift+A');
  await ana.getByRole('tab', { name: 'Paste a link' }).click();
  for (const text of vectors.slice(-20)) await ana.getByLabel('The link you were given').fill(text);
  await closeDialog(ana);
  await nothingRan();
});

test('reasons of bans', async () => {
  const { page: ana } = people.Ana;
  let last = '';
  for (const [at, text] of vectors.entries()) {
    const made = await attempt(ana, 'AddBan', {
      kind: 'address',
      target: `198.51.100.${at % 250}`,
      reason: cut(text, 200),
      days: 0,
      ends: '',
      tell: false,
    });
    if (!made.refused) last = made.value.reason;
  }
  await ana.keyboard.press('Control+,');
  await ana.getByRole('button', { name: 'Ban list' }).click();
  await ana.getByLabel('Search the ban list').waitFor();
  await picture(ana, 'bans');
  await shows(ana, 'main, [data-ban]', last);
  await nothingRan();
});

test('every answer forbids what is not the interface’s own', async () => {
  const { device, page, policies } = people.Ana;
  for (const path of ['/', '/nothing', '/bridge.js', '/assets/nothing.js', '/../x', '/call/Start']) {
    const answer = await fetch(new URL(path, device.address));
    policies.push({ url: path, policy: answer.headers.get('content-security-policy') ?? '' });
  }
  assert.ok(policies.length > 8, `${policies.length} answers`);
  for (const { url, policy } of policies) {
    const directives = Object.fromEntries(policy.split(';').map((one) => [one.trim().split(' ')[0], one.trim().split(' ').slice(1)]));
    assert.deepEqual(directives['default-src'], ["'none'"], url);
    assert.deepEqual(directives['script-src'], ["'self'"], url);
    assert.deepEqual(directives['style-src'], ["'self'"], url);
    for (const name of ['base-uri', 'form-action', 'frame-ancestors']) assert.deepEqual(directives[name], ["'none'"], `${name} of ${url}`);
    for (const name of ['frame-src', 'child-src', 'object-src', 'worker-src', 'media-src']) assert.equal(directives[name], undefined, url);
    assert.doesNotMatch(policy, /unsafe|\*|https?:|blob:|strict-dynamic/, url);
  }
  // And the browser holds to it: code that is written into the page does not run.
  const ran = await page.evaluate(
    () =>
      new Promise((resolve) => {
        const script = document.createElement('script');
        script.textContent = 'window.inlineRan = true';
        document.body.append(script);
        // Later: what the test itself evaluates is allowed more.
        setTimeout(() => {
          try {
            window.eval('window.inlineRan = true');
          } catch {
            // refused, as it should be
          }
          resolve(window.inlineRan === true);
        });
      }),
  );
  assert.equal(ran, false);
  // The watch works: it saw both.
  const seen = (await people.Ana.faults()).filter((fault) => fault.startsWith('refused script-src'));
  assert.equal(seen.length, 2, String(seen));
});
