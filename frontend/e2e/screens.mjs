// Every scene of the fake backend and every screen of scripts/look.mjs, each opened and looked at in two opposite ways
// (theme, language and width), with large letters, at 200 % and in forced colours.
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { openScreen, screens } from '../scripts/look.mjs';
import { serve } from '../scripts/served.mjs';
import { drawn, stillness } from '../scripts/settled.mjs';
import { measure } from './faults.mjs';
import { lostInForcedColors } from './forced.mjs';
import { violations } from './judge.mjs';

const wide = { width: 1200, height: 800 };
const narrow = { width: 720, height: 800 };

/** Opposite ways to see the same: each quarter of the screens is seen in one pair of them. The first is always English, which some steps read. */
const ways = [
  [
    { size: wide, theme: 'light', language: 'en' },
    { size: narrow, theme: 'dark', language: 'zh-CN' },
  ],
  [
    { size: wide, theme: 'dark', language: 'en' },
    { size: narrow, theme: 'light', language: 'zh-CN' },
  ],
  [
    { size: narrow, theme: 'light', language: 'en' },
    { size: wide, theme: 'dark', language: 'zh-CN' },
  ],
  [
    { size: narrow, theme: 'dark', language: 'en' },
    { size: wide, theme: 'light', language: 'zh-CN' },
  ],
];

/** Scenes without an open profile, which settings do not reach: they are opened anew. */
const shut = ['failed', 'keyring-gone', 'locked'];

/** What 200 % leaves of a window of 1200 px, and of one of 720. */
const zoomed = [
  { width: 600, height: 400 },
  { width: 360, height: 400 },
];

/** In so many files, each of which has four minutes at most. */
const shares = 6;

/** Two pages at a time: as many as the machines that test have processors. */
const hands = 2;

/** Runs in the page from the first frame on: says what messages run, and notes the sizes that the page was told of. */
function note() {
  window.run = () => console.error('a text of somebody ran');
  window.addEventListener('resize', () => {
    window.told = `${innerWidth} x ${innerHeight}`;
  });
}

/** Waits for what a change of size or words sets off: two frames, and the fades. */
async function settle(page) {
  await drawn(page);
  await stillness(page);
}

async function resize(page, size) {
  const before = page.viewportSize();
  await page.setViewportSize(size);
  // A busy machine tells the page of it late.
  if (before.width !== size.width || before.height !== size.height)
    await page.waitForFunction((wanted) => window.told === wanted, `${size.width} x ${size.height}`);
  await settle(page);
}

/** As the settings do, also where no profile is open. */
async function enlarge(page, textSize) {
  await page.evaluate((size) => {
    window.fake.state.settings = { ...window.fake.state.settings, textSize: size };
    window.fake.emit({ settings: window.fake.state.settings });
    document.documentElement.style.setProperty('--scale', size);
  }, textSize);
  await settle(page);
}

/** Chooses in the settings how all that is open is seen. */
async function choose(page, { theme, language }) {
  await page.evaluate(
    (chosen) => {
      window.fake.state.settings = { ...window.fake.state.settings, ...chosen };
      window.fake.emit({ settings: window.fake.state.settings });
    },
    { theme, language },
  );
  await page.locator(`html[lang="${language}"][data-theme="${theme}"]`).waitFor({ state: 'attached' });
  await settle(page);
}

/** What is looked at on each screen, in this order, by the names that findings are told under. */
const looks = {
  async axe(page, find) {
    for (const one of await violations(page)) find(one);
  },
  async layout(page, find) {
    for (const one of await measure(page)) find(one);
  },
  async large(page, find) {
    await enlarge(page, 1.3);
    for (const one of await measure(page)) find(one);
    await enlarge(page, 1);
  },
  async zoom(page, find) {
    const before = page.viewportSize();
    await resize(page, zoomed[before.width === wide.width ? 0 : 1]);
    for (const one of await measure(page)) find(one);
    await resize(page, before);
  },
  async forced(page, find, { theme }) {
    for (const one of await lostInForcedColors(page, [theme])) find(one);
  },
};

async function walk({ parts, tell, share }) {
  const { address, browser, close } = await serve();
  const findings = Object.fromEntries(['page', ...Object.keys(looks)].map((kind) => [kind, []]));
  const first = await browser.newPage();
  await first.goto(`${address}?fake=main`);
  const scenes = await (await first.waitForFunction(() => window.sceneNames)).jsonValue();
  await first.close();
  const named = new Set(screens.filter((screen) => !screen.steps).map(({ name }) => name));
  const all = [...screens, ...scenes.filter((name) => !named.has(name)).map((name) => ({ name }))];
  const waiting = all
    .map((screen, number) => ({ ...screen, title: screen.as ? `${screen.name}-${screen.as}` : screen.name, seen: ways[number % ways.length] }))
    .filter(({ title }, number) => number % shares === share && parts.some((part) => title.includes(part)));

  async function go() {
    const context = await browser.newContext({ viewport: wide, locale: 'en', timezoneId: 'Europe/Lisbon', reducedMotion: 'reduce' });
    const page = await context.newPage();
    page.setDefaultTimeout(30_000);
    await page.addInitScript(note);
    await page.goto(address);
    let where = '';
    const found = (kind, what) => {
      findings[kind].push(`${where}: ${what}`);
      tell(`${where}: ${kind}: ${what}`);
    };
    page.on('pageerror', (error) => found('page', error.message));
    page.on('console', (message) => message.type() === 'error' && found('page', message.text()));
    const open = async (screen, { theme, language }) => {
      // Before a profile is open the words and the theme are those of the last time.
      await page.evaluate((kept) => Object.assign(localStorage, kept), { 'tincan.language': language, 'tincan.theme': theme });
      await resize(page, wide);
      await openScreen(page, address, screen, { theme, language });
    };
    for (let screen = waiting.shift(); screen; screen = waiting.shift()) {
      const begun = Date.now();
      for (const [turn, way] of screen.seen.entries()) {
        where = `${screen.title} (${way.size.width} ${way.theme} ${way.language})`;
        try {
          if (turn === 0 || shut.includes(screen.name)) await open(screen, way);
          else await choose(page, way);
          await resize(page, way.size);
          for (const [kind, look] of Object.entries(looks)) await look(page, (what) => found(kind, what), way);
        } catch (error) {
          found('page', error.message);
        }
      }
      tell(`${screen.title}: ${Date.now() - begun} ms`);
    }
    await context.close();
  }

  const count = waiting.length;
  await Promise.all(Array.from({ length: hands }, go));
  await close();
  return { findings, count };
}

/** The tests of a share of all screens; SCREENS=part,part looks at those alone whose names have one of the parts, and says how it goes. */
export function judgeScreens(share) {
  const only = process.env.SCREENS;
  const tell = (text) => only !== undefined && process.stderr.write(`${text}\n`);
  let walked;
  before(async () => {
    walked = await walk({ parts: (only ?? '').split(','), tell, share });
  });
  const clean = (kind) => assert.equal(walked.findings[kind].join('\n'), '');
  test('all of them open, nothing fails, nothing that people wrote runs', () => {
    assert.ok(only !== undefined || walked.count * shares > 200, `${walked.count} screens`);
    clean('page');
  });
  test('axe finds nothing', () => clean('axe'));
  test('nothing is cut off, covered, or outside of the window', () => clean('layout'));
  test('nor with letters of 130 %', () => clean('large'));
  test('nor at 200 %', () => clean('zoom'));
  test('in forced colours focus, marks and icons are seen', () => clean('forced'));
}
