// Ctrl K and the search, over a history as a person has it after years.
import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as rest } from 'node:timers/promises';
import { promisify } from 'node:util';
import { openPage } from '../../e2e/programs.mjs';
import { findIn, milliseconds, quantile, searchFor, spread } from './browser.mjs';
import { startPerson } from './people.mjs';

const run = promisify(execFile);
const contacts = 2000;
const root = new URL('../../..', import.meta.url).pathname;

/** Words that are typed, of which the history has very many and whose letters many names have. */
const words = ['the', 'work', 'tomorrow', 'please', 'something', 'maybe', 'people', 'because', 'never', 'around'];

/** Writes a data folder with the store's own code (backend/store, BenchmarkWriteHistory). */
async function write(folder, messages) {
  const test = join(folder, 'store.test');
  await run('go', ['test', '-c', '-tags', 'sqlite_fts5', '-o', test, './backend/store'], { cwd: root });
  const data = await mkdtemp(join(folder, 'data-'));
  const flags = ['-history-folder', data, '-history', String(messages), '-history-people', String(contacts)];
  await run(
    test,
    ['-test.run', '^$', '-test.bench', 'WriteHistory', '-test.benchtime', '1x', '-test.timeout', '20m', ...flags],
    {
      cwd: join(root, 'backend/store'),
    },
  );
  return data;
}

/** Types the words a letter at a time, and gives how long each press took until its results were painted. */
async function type(page, press) {
  const took = [];
  for (const word of words) {
    for (let at = 0; at < word.length; at++) {
      took.push(await press(word[at], word.slice(0, at + 1)));
      await rest(120);
    }
    await page.keyboard.press('Control+a');
    await page.keyboard.press('Delete');
    await rest(300);
  }
  return took;
}

/** Measures with so many messages in a browser. */
export async function find(browser, size, messages) {
  const folder = await mkdtemp(join(tmpdir(), 'tincan-history-'));
  let ana;
  try {
    ana = await startPerson('Ana', { folder: await write(folder, messages) });
    const { page } = await openPage(browser, ana.device, size);
    await page.locator('[data-row]').nth(5).waitFor();
    await rest(2000);
    await page.keyboard.press('Control+k');
    await page.getByRole('combobox', { name: 'Jump to or search' }).waitFor();
    const jumps = await type(page, (key, text) => findIn(page, key, text));
    await page.keyboard.press('Escape');
    await page.keyboard.press('Control+Shift+f');
    await page.getByText('Find what was written').waitFor();
    const searches = await type(page, (key, text) => searchFor(page, key, text));
    const line = (what, samples) => ({
      what,
      measured: milliseconds(quantile(samples, 0.95)),
      reach: '60 ms',
      beside: spread(samples),
    });
    return [
      line(`Ctrl K, key to results over ${contacts} contacts, p95`, jumps),
      line(`search, key to the newest of ${messages} messages, p95`, searches),
    ];
  } finally {
    await ana?.stop();
    await rm(folder, { recursive: true, force: true });
  }
}
