// The texts of xss.txt, and a page that notices if one of them becomes more than a text.
import { readFile } from 'node:fs/promises';
import { runnerImport } from 'vite';

/** What is drawn of a text, by the rule of the interface itself. */
export const { plainText, plainFound } = (
  await runnerImport(new URL('../src/ui/formatted.ts', import.meta.url).pathname, { configFile: false, logLevel: 'silent' })
).module;

/** Reads the texts; an address that one of them leads to is under `listener`. */
export async function readVectors(listener) {
  const lines = (await readFile(new URL('xss.txt', import.meta.url), 'utf8')).split('\n');
  return lines
    .filter((line) => line !== '' && !line.startsWith('# '))
    .map((line, index) =>
      line
        .replaceAll('##', `run(${index})`)
        .replaceAll('@@', `${listener}/${index}`)
        .replaceAll(/\\u\{([0-9a-f]+)(?:\*(\d+))?\}/g, (_, digits, count) =>
          String.fromCodePoint(Number.parseInt(digits, 16)).repeat(Number(count ?? 1)),
        ),
    );
}

/** What no part of the interface ever makes; runs in the page, before anything of it. */
function watchPage() {
  const seen = [];
  Object.defineProperty(window, 'seenByTest', { value: seen });
  // Which of these texts no selected element shows; white space is as the browser folds it.
  window.missingTexts = (selector, wanted) => {
    const folded = (words) => words.replace(/\s+/gu, ' ').trim();
    const shown = [...document.querySelectorAll(selector)].map((element) => folded(element.textContent));
    return wanted.filter((text) => !shown.some((one) => one.includes(folded(text))));
  };
  // Which of these words are not all that some message shows; between blocks there is no white space to compare.
  window.missingMessages = (wanted) => {
    const solid = (words) => words.replace(/\s+/gu, '');
    const shown = new Set([...document.querySelectorAll('[data-text]')].map((element) => solid(element.textContent)));
    return wanted.filter((text) => !shown.has(solid(text)));
  };
  window.run = (...given) => seen.push(`ran ${given.join()}`);
  for (const name of ['alert', 'confirm', 'prompt', 'open', 'print']) window[name] = (...given) => seen.push(`${name} ${given.join()}`);
  document.addEventListener('securitypolicyviolation', (event) => seen.push(`refused ${event.violatedDirective} ${event.blockedURI} ${event.sample}`));
  const foreign =
    'iframe,frame,frameset,object,embed,base,form:not([class]),video,audio,math,marquee,portal,dialog,xss,x,image,animate,set,isindex,scr,' +
    'svg script,svg a,svg foreignObject,a[ping],a[href]:not([href^="http://"]):not([href^="https://"]),img[srcset],[popover]:not([class]),mglyph,details:not([class])';
  const look = (node) => {
    if (!(node instanceof Element)) return;
    for (const element of [node, ...node.querySelectorAll('*')]) {
      if (element.matches(foreign)) seen.push(`element ${element.outerHTML.slice(0, 200)}`);
      for (const { name } of element.attributes) if (name.startsWith('on')) seen.push(`attribute ${name} of ${element.localName}`);
    }
  };
  const inHead = (node) => node instanceof Element && node.matches('script,style,link,meta');
  new MutationObserver((changes) => {
    for (const { type, target, addedNodes } of changes) {
      if (type === 'attributes') look(target);
      for (const node of addedNodes) {
        look(node);
        if (inHead(node) && document.readyState === 'complete' && node.src !== undefined && !node.src.startsWith(location.origin)) {
          seen.push(`loads ${node.outerHTML.slice(0, 200)}`);
        }
      }
    }
  }).observe(document, { subtree: true, childList: true, attributes: true });
}

/** Opens a device's interface and notices everything that a page must not do; faults() is what it has done. */
export async function openWatched(browser, device, size = { width: 1200, height: 800 }) {
  const context = await browser.newContext({ viewport: size, locale: 'en' });
  await context.addInitScript(watchPage);
  const page = await context.newPage();
  page.setDefaultTimeout(30_000);
  const faults = [];
  const { origin } = new URL(device.address);
  context.on('request', (request) => {
    const url = request.url();
    if (new URL(url).origin !== origin && !url.startsWith('data:')) faults.push(`asked for ${url}`);
  });
  context.on('page', (other) => faults.push(`opened ${other.url()}`));
  page.on('dialog', (dialog) => {
    faults.push(`dialog ${dialog.message()}`);
    void dialog.dismiss();
  });
  page.on('frameattached', (frame) => faults.push(`frame ${frame.url()}`));
  page.on('console', (message) => {
    if (message.type() === 'error') faults.push(`console ${message.text()}`);
  });
  page.on('pageerror', (error) => faults.push(`error ${error}`));
  const policies = [];
  page.on('response', (response) => policies.push({ url: response.url(), policy: response.headers()['content-security-policy'] ?? '' }));
  await page.goto(device.address);
  return {
    device,
    page,
    policies,
    faults: async () => [...faults, ...(await page.evaluate(() => window.seenByTest)), ...titleFault(await page.title())],
  };
}

/** Waits until messages with these texts are shown: each as nothing but its words without its marks. */
export async function showsMessages(page, ...texts) {
  const wanted = texts.map((text) => plainText(text));
  try {
    await page.waitForFunction((words) => window.missingMessages(words).length === 0, wanted);
  } catch (error) {
    const missing = await page.evaluate((words) => window.missingMessages(words), wanted);
    throw new Error(`no message shows ${JSON.stringify(missing)}`, { cause: error });
  }
}

/** The title, unless it is that of the app, with what is unread counted. */
function titleFault(title) {
  return /^(\(\d+\) )?Tincan$/.test(title) ? [] : [title];
}

/** Waits until elements that are selected show exactly these texts. */
export async function shows(page, selector, ...texts) {
  try {
    await page.waitForFunction(([where, wanted]) => window.missingTexts(where, wanted).length === 0, [selector, texts]);
  } catch (error) {
    const missing = await page.evaluate(([where, wanted]) => window.missingTexts(where, wanted), [selector, texts]);
    throw new Error(`${selector} does not show ${JSON.stringify(missing)}`, { cause: error });
  }
}
