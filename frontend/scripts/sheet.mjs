// One picture of a screen: the drawing, and beside it ours in both languages and widths; light above, dark below.
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { call } from '../e2e/programs.mjs';
import { stillness } from './settled.mjs';

const sizes = [
  { width: 1200, height: 800 },
  { width: 720, height: 800 },
];
const themes = ['light', 'dark'];
export const languages = ['en', 'zh-CN'];

/** Pixels of a sheet for each of a screen: words of 14 px stay readable, and sixty sheets small. */
const scale = 0.6;
const gap = 12;

const key = (theme, size, language) => `${theme} ${size.width} ${language}`;

/** Sets the language where a profile is open; without one it is the browser's, and has a page of its own. */
async function speak(page, language) {
  const { settings, firstRun } = await call(page, 'Start');
  if (firstRun) return;
  await call(page, 'SaveSettings', { ...settings, language });
  await page.locator(`html[lang="${language}"]`).waitFor();
}

/** Takes a screen as it is in all ways, in some languages, and leaves it as it was. */
export async function takeAll(page, spoken = languages) {
  const taken = new Map();
  const before = page.viewportSize();
  for (const language of spoken) {
    await speak(page, language);
    for (const theme of themes) {
      await page.emulateMedia({ colorScheme: theme });
      for (const size of sizes) {
        await page.setViewportSize(size);
        // Rows are measured and views follow in a frame or two.
        await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
        await stillness(page);
        taken.set(key(theme, size, language), await page.screenshot());
      }
    }
  }
  await speak(page, 'en');
  await page.emulateMedia({ colorScheme: null });
  await page.setViewportSize(before);
  return taken;
}

async function drawingOf(folder, drawing, theme) {
  if (!drawing) return undefined;
  const file = await readFile(join(folder, 'drawings', `${drawing}-${theme}.webp`));
  return `data:image/webp;base64,${file.toString('base64')}`;
}

/** Composes what was taken into `folder`/`name`.webp. */
export async function compose(browser, folder, name, drawing, taken) {
  const columns = sizes.flatMap((size) => languages.map((language) => ({ size, language })));
  const widths = [...(drawing ? [sizes[0].width] : []), ...columns.map(({ size }) => size.width)].map(
    (width) => width * scale,
  );
  const cells = [];
  for (const theme of themes) {
    const drawn = await drawingOf(folder, drawing, theme);
    if (drawn) cells.push(drawn);
    for (const { size, language } of columns)
      cells.push(`data:image/png;base64,${taken.get(key(theme, size, language)).toString('base64')}`);
  }
  const width = widths.reduce((sum, one) => sum + one + gap, gap);
  const height = themes.length * (sizes[0].height * scale + gap) + gap;
  const page = await browser.newPage({ viewport: { width, height } });
  await page.setContent(
    `<body style="margin:0;padding:${gap}px;background:#8b8f94;display:grid;gap:${gap}px;grid-template-columns:${widths.map((one) => `${one}px`).join(' ')}">${cells.map((source) => `<img style="display:block;width:100%;height:${sizes[0].height * scale}px" src="${source}">`).join('')}</body>`,
  );
  await page.waitForFunction(() => [...document.images].every((one) => one.complete && one.naturalWidth > 0));
  const session = await page.context().newCDPSession(page);
  const { data } = await session.send('Page.captureScreenshot', { format: 'webp', quality: 78 });
  await writeFile(join(folder, `${name}.webp`), Buffer.from(data, 'base64'));
  await page.close();
}
