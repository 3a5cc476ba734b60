// The interface with the fake backend inside, as scripts look at it: built once, served with the content security policy of the
// product, in Chromium.

import { rm } from 'node:fs/promises';
import process from 'node:process';
import { build, preview } from 'vite';
import { startBrowser } from './browser.mjs';

/** Builds and serves it; close ends all of it. Each process has a folder of its own, so that two may look at the same time. */
export async function serve() {
  const outDir = `.cache/look-${process.pid}`;
  await build({ mode: 'look', logLevel: 'warn', build: { outDir, emptyOutDir: true } });
  const server = await preview({ build: { outDir }, preview: { port: 0, strictPort: false } });
  const browser = await startBrowser();
  return {
    address: server.resolvedUrls?.local[0],
    browser,
    async close() {
      await browser.close();
      await server.close();
      await rm(outDir, { recursive: true, force: true });
    },
  };
}
