// What a screen reader is told: each live region says its news, as loud as it should, and once.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { serve } from '../scripts/served.mjs';

let served;
let page;
before(async () => {
  served = await serve();
});
after(() => served?.close());

/** Runs in the page from its first frame on: writes down what live regions say, as whoever reads them aloud would. */
function listen() {
  window.spoken = [];
  const loudness = (region) =>
    region.getAttribute('aria-live') ?? (region.getAttribute('role') === 'alert' ? 'assertive' : 'polite');
  const regions = '[role="status"], [role="alert"], [role="log"], [aria-live]';
  const say = (region, text) => {
    const words = text.replaceAll(/\s+/g, ' ').trim();
    if (words !== '' && loudness(region) !== 'off' && !region.closest('[aria-hidden="true"]')) window.spoken.push([loudness(region), words]);
  };
  const observe = (changes) => {
    const told = new Set();
    for (const { target, addedNodes } of changes) {
      const region = (target instanceof Element ? target : target.parentElement)?.closest(regions);
      for (const node of addedNodes) {
        if (!(node instanceof Element)) continue;
        if (region?.matches('[role="log"]')) {
          const articles = [node, ...node.querySelectorAll('*')].filter((one) => one.matches('article'));
          for (const one of articles) say(one.closest(regions), one.getAttribute('aria-label') ?? one.textContent);
        }
        for (const one of [node, ...node.querySelectorAll('*')]) if (one.matches(regions) && one !== region) told.add(one);
      }
      if (region && !region.matches('[role="log"]')) told.add(region);
    }
    for (const one of told) if (!one.matches('[role="log"]') && one.isConnected) say(one, one.textContent || one.getAttribute('aria-label') || '');
  };
  new MutationObserver(observe).observe(document, { subtree: true, childList: true, characterData: true });
}

async function open(scene) {
  const context = await served.browser.newContext({ viewport: { width: 1200, height: 800 }, locale: 'en', timezoneId: 'Europe/Lisbon' });
  page = await context.newPage();
  page.setDefaultTimeout(15_000);
  await page.clock.install({ time: new Date('2026-11-21T10:45:00Z') });
  await page.addInitScript(listen);
  await page.goto(`${served.address}?fake=${scene}`);
  await page.locator('[data-log] [data-message]').last().waitFor();
  // From here on time passes only in pass().
  await page.clock.pauseAt(new Date('2026-11-21T11:00:00Z'));
  await hush();
}

/** Lets milliseconds pass, and in between what the page does without a clock. */
async function pass(time) {
  for (let left = time; left > 0; left -= 500) {
    await page.clock.runFor(Math.min(left, 500));
    await page.evaluate(
      () =>
        new Promise((resolve) => {
          const { port1, port2 } = new MessageChannel();
          port1.onmessage = resolve;
          port2.postMessage('');
        }),
    );
  }
}

/** Lets time pass until nothing is left to say of what was, and forgets it. */
async function hush() {
  await pass(12_000);
  await page.evaluate(() => {
    window.spoken = [];
  });
}

/** Lets time pass until something is there. */
async function passUntil(locator) {
  for (let turn = 0; turn < 100 && (await locator.count()) === 0; turn++) await pass(250);
  await locator.first().waitFor({ state: 'attached' });
}

/** Does something in the page, lets a moment pass, and answers with what was said. */
async function saidOf(what, { argument, moment = 1000 } = {}) {
  await page.evaluate(() => {
    window.spoken = [];
  });
  await page.evaluate(what, argument);
  await pass(moment);
  return page.evaluate(() => window.spoken);
}

test('the log is a polite one of additions, and a new message is said once', async () => {
  await open('relay');
  const log = page.getByRole('log');
  assert.equal(await log.getAttribute('aria-live'), 'polite');
  assert.equal(await log.getAttribute('aria-relevant'), 'additions');
  const said = await saidOf(() => window.fake.arrive('jonas', 'The tide turns at four'));
  assert.equal(said.length, 1, JSON.stringify(said));
  assert.match(said[0].join(': '), /^polite: Jonas.*, 11:00, The tide turns at four$/);
});

test('while the window is in the background only the count is said', async () => {
  await open('main');
  await page.evaluate(() => {
    document.hasFocus = () => false;
    window.dispatchEvent(new Event('blur'));
  });
  await passUntil(page.locator('[data-log][aria-live="off"]'));
  const said = await saidOf(() => window.fake.arrive('ana', 'Are you there'));
  assert.equal(said.length, 1, JSON.stringify(said));
  assert.match(said[0].join(': '), /^polite: \d+ new messages? from Ana$/);
});

test('typing is said once for each burst', async () => {
  await open('lan');
  const type = (typing) => saidOf((on) => window.fake.change('ana', { typing: on }), { argument: typing });
  assert.deepEqual(await type(true), [['polite', 'Ana is typing']]);
  assert.deepEqual(await type(true), []);
  assert.deepEqual(await type(false), []);
  assert.deepEqual(await type(true), [['polite', 'Ana is typing']]);
});

test('a line that comes and goes is said once, after ten seconds', async () => {
  await open('ready');
  const line = (state, moment) =>
    saidOf((one) => window.fake.change('ana', { line: { state: one, rtt: one === 'direct' ? 8 : -1, host: '' } }), { argument: state, moment });
  assert.deepEqual(await line('direct', 3000), []);
  assert.deepEqual(await line('waiting', 3000), []);
  assert.deepEqual(await line('direct', 9000), []);
  assert.deepEqual(await saidOf(() => undefined, { moment: 2000 }), [['polite', 'The line to Ana is open: Direct']]);
  // Another delay is no other line.
  assert.deepEqual(await saidOf(() => window.fake.change('ana', { line: { state: 'direct', rtt: 80, host: '' } }), { moment: 15_000 }), []);
});

test('another conversation is no change of the line', async () => {
  await page.locator('[data-row="ole"]').click();
  await passUntil(page.getByRole('heading', { name: 'Grandpa Ole' }));
  assert.deepEqual(await saidOf(() => undefined, { moment: 15_000 }), []);
});

test('what goes wrong is said at once, and once', async () => {
  await open('lan');
  const full = await saidOf(() => window.fake.emit({ problem: { code: 'disk-full', message: '', params: {} } }));
  assert.equal(full.length, 1, JSON.stringify(full));
  assert.match(full[0].join(': '), /^assertive: .*disk is full/i);
});

test('a changed safety number is an alert', async () => {
  await open('verify-differs');
  assert.ok((await page.getByRole('alert').allTextContents()).some((text) => text.includes('Ana')));
});

test('the first Tab stop is seen, and skips to the message field', async () => {
  await open('lan');
  const outside = () => page.evaluate(() => document.activeElement?.matches('body') ?? true);
  // After the last control come those of the browser, and then the first of the page.
  for (let turn = 0; turn < 60 && !(await outside()); turn++) await page.keyboard.press('Tab');
  assert.equal(await outside(), true);
  await page.keyboard.press('Tab');
  const skip = page.locator(':focus');
  assert.equal(await skip.textContent(), 'Skip to message field');
  const { x, y, width, height } = await skip.boundingBox();
  assert.ok(x >= 0 && y >= 0 && width > 40 && height > 20, `${[x, y, width, height]}`);
  assert.equal(await skip.evaluate((button, [across, down]) => document.elementFromPoint(across, down) === button, [x + width / 2, y + height / 2]), true);
  await page.keyboard.press('Enter');
  assert.equal(await page.evaluate(() => document.activeElement?.matches('[data-composer]')), true);
});

test('the switcher says how many it found', async () => {
  await open('lan');
  await page.keyboard.press('Control+k');
  const field = page.locator('[role="combobox"][aria-expanded]').last();
  await passUntil(field);
  assert.equal(await field.getAttribute('aria-autocomplete'), 'list');
  assert.ok(await field.getAttribute('aria-activedescendant'));
  await page.evaluate(() => {
    window.spoken = [];
  });
  await page.keyboard.type('ana');
  await pass(1000);
  const said = await page.evaluate(() => window.spoken);
  assert.match(said.at(-1)?.join(': ') ?? '', /^polite: \d+ /, JSON.stringify(said));
});

test('a field says what is wrong with it, and keeps what was typed', async () => {
  await open('lan');
  await page.keyboard.press('Control+,');
  const bans = page.getByRole('button', { name: 'Ban list', exact: true });
  await passUntil(bans);
  await bans.click();
  const field = page.locator('form input').first();
  await passUntil(field);
  await hush();
  await field.fill('198.51.100.0/33');
  await pass(2000);
  await passUntil(page.locator('form input[aria-invalid="true"]'));
  assert.equal(await field.inputValue(), '198.51.100.0/33');
  const described = (await field.getAttribute('aria-describedby')).split(' ');
  const words = await page.evaluate((ids) => ids.map((id) => document.getElementById(id)?.textContent ?? '').join(' '), described);
  const said = (await page.evaluate(() => window.spoken)).filter(([, text]) => text.includes('/33'));
  assert.equal(said.length, 1, JSON.stringify(said));
  assert.equal(said[0][0], 'polite');
  assert.ok(words.includes(said[0][1]), words);
});
