// Measures the shipped interface in Chromium on real devices, and prints a table as backend/bench does: each figure, what it
// should reach, and what it is compared with in the same run, because machines are noisy and a ratio says more than a number.
//
//   node scripts/bench-interface.mjs [bundle] [keys] [scroll] [switch] [burst] [find] [--messages=100000]
//     [--history=1000000]
import { setTimeout as rest } from 'node:timers/promises';
import { openPage, startBrowser } from '../e2e/programs.mjs';
import { heap, keyPresses, milliseconds, quantile, spread, switchTo, tasksOf, watchFrames } from './bench/browser.mjs';
import { bundle } from './bench/bundle.mjs';
import { find } from './bench/find.mjs';
import { meet, newest, same, send, startPerson, textOf } from './bench/people.mjs';

const all = ['bundle', 'keys', 'scroll', 'switch', 'burst', 'find'];
const asked = process.argv.slice(2).filter((word) => all.includes(word));
const wanted = (name) => asked.length === 0 || asked.includes(name);
const number = (flag, otherwise) =>
  Number(process.argv.find((word) => word.startsWith(`${flag}=`))?.split('=')[1] ?? otherwise);
const messages = number('--messages', 100_000);
const history = number('--history', 1_000_000);

/** Key presses of each field, switches to each kind of conversation, and bursts. */
const presses = 60;
const switches = 40;
const bursts = 20;
const burst = 1000;
/** Messages that are scrolled through. */
const scrolled = Math.min(10_000, messages - 1000);
/** Conversations of 10 messages: more than the five that the interface keeps, so that each is read again. */
const others = 6;

const size = { width: 1200, height: 800 };
const tell = (words) => process.stderr.write(`${words}\n`);
const ratio = (one, other) => `ratio ${(one / other).toFixed(2)}`;
const p95 = (samples) => quantile(samples, 0.95);

async function keys(world) {
  const field = (page) => page.locator('[data-composer], textarea').first();
  await world.open(world.short);
  const short = await keyPresses(world.page, field(world.page), presses);
  await field(world.page).fill('');
  await world.open(world.long);
  const long = await keyPresses(world.page, field(world.page), presses);
  await field(world.page).fill('');
  await world.bare.setContent('<textarea rows="3"></textarea>');
  const bare = await keyPresses(world.bare, field(world.bare), presses);
  const compared = (kind) =>
    `${spread(long[kind])}; with 10 messages ${milliseconds(p95(short[kind]))}; a bare textarea ${milliseconds(p95(bare[kind]))}, ` +
    `medians' ${ratio(quantile(long[kind], 0.5), quantile(bare[kind], 0.5))}`;
  return [
    {
      what: `key press to swapped frame with its character, ${world.length} messages, p95`,
      measured: milliseconds(p95(long.swapped)),
      reach: '16 ms',
      beside: compared('swapped'),
    },
    {
      what: '  of it until the page has painted, p95',
      measured: milliseconds(p95(long.painted)),
      reach: '',
      beside: compared('painted'),
    },
  ];
}

/** Turns the wheel over a page until it is done, a part at a time so that no trace grows too long. */
async function wheel(page, done) {
  const tasks = [];
  await page.mouse.move(size.width * 0.6, size.height / 2);
  for (let part = 0; !(await done()); part++) {
    if (part === 200) throw new Error('the wheel turns, and the end is never reached');
    tasks.push(
      ...(await tasksOf(page, async () => {
        for (let turn = 0; turn < 25; turn++) {
          await page.mouse.wheel(0, -1200);
          await rest(8);
        }
      })),
    );
  }
  return tasks;
}

async function scroll(world) {
  await world.open(world.long);
  // Above the first numbered message is the request.
  const topmost = async () => {
    const text = await world.page.locator('[data-message]').first().textContent();
    return Number(/Message (\d+)/.exec(text)?.[1] ?? 0);
  };
  const begin = await topmost();
  const ours = await wheel(world.page, async () => begin - (await topmost()) >= scrolled);
  const lines = Array.from({ length: scrolled }, (_, at) => `<p>${textOf(at)}</p>`).join('');
  await world.bare.setContent(`<body style="margin:0">${lines}</body>`);
  await world.bare.evaluate(() => scrollTo(0, document.body.scrollHeight));
  const plain = await wheel(world.bare, () => world.bare.evaluate(() => scrollY === 0));
  const over = (tasks, kind) => tasks.filter((task) => task[kind] > 50).length;
  const longest = (tasks, kind) => milliseconds(Math.max(...tasks.map((task) => task[kind])));
  return [
    {
      what: `scroll through ${scrolled} messages: tasks over 50 ms`,
      measured: `${over(ours, 'clock')} by the clock, ${over(ours, 'processor')} of the processor`,
      reach: '0',
      beside:
        `of ${ours.length}; longest ${longest(ours, 'clock')} and ${longest(ours, 'processor')}; ` +
        `a plain page of ${scrolled} paragraphs ${over(plain, 'clock')} and ${over(plain, 'processor')}, longest ${longest(plain, 'clock')}`,
    },
  ];
}

async function switching(world) {
  const row = async (id) => (await newest(world.ana, id)).text;
  const texts = new Map();
  for (const id of [world.long, ...world.shorts]) texts.set(id, await row(id));
  const took = { long: [], short: [], kept: [] };
  const go = async (id) => {
    const time = await switchTo(world.page, id, texts.get(id));
    await rest(250);
    return time;
  };
  // What is unread opens at its first unread message, what was left at its place: from here on, all at their ends.
  for (const id of [...world.shorts, world.long]) await world.open(id);
  for (let turn = 0; turn < switches; turn++) {
    for (const id of world.shorts) took.short.push(await go(id));
    took.long.push(await go(world.long));
  }
  for (let turn = 0; turn < switches; turn++) {
    await go(world.short);
    took.kept.push(await go(world.long));
  }
  const line = (what, samples) => ({
    what,
    measured: milliseconds(p95(samples)),
    reach: '50 ms',
    beside: `${spread(samples)}; conversations of 10 messages ${milliseconds(p95(took.short))}, medians' ${ratio(quantile(samples, 0.5), quantile(took.short, 0.5))}`,
  });
  return [
    line(`click to the painted last page of ${world.length} messages, read from the disk, p95`, took.long),
    line('  the same, left a moment ago, p95', took.kept),
  ];
}

async function bursting(world) {
  await world.open(world.long);
  await world.bare.setContent('<p>Nothing happens here.</p>');
  let next = world.written + 1;
  const one = async () => {
    await send([world.ben], world.long, next, next + burst - 1);
    await same(world.ana, world.ben, world.long);
    next += burst;
  };
  await one(); // what a first burst compiles and measures stays
  const before = await heap(world.page);
  const [ours, bare] = await Promise.all([watchFrames(world.page), watchFrames(world.bare)]);
  for (let turn = 0; turn < bursts; turn++) await one();
  const [shown, empty] = await Promise.all([ours(), bare()]);
  await rest(1000);
  const grown = ((await heap(world.page)) - before) / (1 << 20);
  const share = ({ dropped, frames }) => (100 * dropped) / frames;
  const percent = (frames) => `${share(frames).toFixed(1)} %`;
  return [
    {
      what: `${bursts} bursts of ${burst} incoming messages: dropped frames`,
      measured: percent(shown),
      reach: 'under 5 %',
      beside: `of ${shown.frames} in ${(shown.time / 1000).toFixed(0)} s; an empty page at the same time ${percent(empty)}`,
    },
    {
      what: '  memory of scripts that is held after all of them',
      measured: `${grown.toFixed(2)} MiB`,
      reach: 'under 10 MiB',
      beside: `${(before / (1 << 20)).toFixed(1)} MiB before`,
    },
  ];
}

/** Ana with a long conversation and some short ones, her window, and a bare page in a browser of its own. */
async function furnish(stops) {
  const start = async (name) => {
    const person = await startPerson(name);
    stops.push(() => person.stop());
    return person;
  };
  const ana = await start('Ana');
  const ben = await start('Ben');
  const shorts = [];
  for (let at = 0; at < (wanted('switch') ? others : 1); at++) {
    const other = await startPerson(`Contact ${at + 1}`);
    const id = await meet(ana, other);
    await send([ana, other], id, 1, 10);
    await same(ana, other, id);
    await other.stop();
    shorts.push(id);
  }
  const long = await meet(ana, ben);
  tell(`Ana and Ben write ${messages} messages.`);
  await send([ana, ben], long, 1, messages);
  await same(ana, ben, long, 600_000);
  const window = async (device) => {
    const browser = await startBrowser();
    stops.push(() => browser.close());
    return (await openPage(browser, device, size)).page;
  };
  const page = await window(ana.device);
  const bare = await window({ address: 'about:blank' });
  const open = async (id) => {
    await page.locator(`[data-row="${id}"]`).click();
    await page.locator('[data-message]').first().waitFor();
    await page.locator('[data-log]').focus();
    await page.keyboard.press('End');
    await rest(1500);
  };
  return { ana, ben, page, bare, open, long, shorts, short: shorts[0], length: messages, written: messages };
}

const measurements = { keys, scroll, switch: switching, burst: bursting };

const figures = [];

/** Measures one thing. What fails is told, and the rest is measured all the same. */
async function measure(name, work) {
  tell(`Measuring: ${name}.`);
  try {
    figures.push(...(await work()));
  } catch (reason) {
    tell(`${name}: ${reason.stack}`);
    process.exitCode = 1;
  }
}

async function among(chosen) {
  const stops = [];
  try {
    const world = await furnish(stops);
    for (const [name, one] of chosen) await measure(name, () => one(world));
  } finally {
    for (const stop of stops.reverse()) await stop();
  }
}

async function finding() {
  const browser = await startBrowser();
  try {
    tell(`Writing a history of ${history} messages.`);
    return await find(browser, size, history);
  } finally {
    await browser.close();
  }
}

if (wanted('bundle')) await measure('bundle', bundle);
const chosen = Object.entries(measurements).filter(([name]) => wanted(name));
if (chosen.length > 0) await among(chosen);
if (wanted('find')) await measure('find', finding);

const table = [
  ['what', 'measured', 'reach', 'in the same run'],
  ...figures.map(({ what, measured, reach, beside }) => [what, measured, reach, beside]),
];
const widths = [0, 1, 2].map((column) => Math.max(...table.map((row) => row[column].length)));
for (const row of table) {
  process.stdout.write(
    `${row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd()}\n`,
  );
}
