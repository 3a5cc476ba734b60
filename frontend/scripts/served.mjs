// The interface with the fake backend inside, as scripts look at it: built once, served with the content security policy of the
// product, in Chromium.

import { rm } from 'node:fs/promises';
import process from 'node:process';
import { chromium } from 'playwright-core';
import { build, preview } from 'vite';

/** Builds and serves it; close ends all of it. Each process has a folder of its own, so that two may look at the same time. */
export async function serve() {
  const outDir = `.cache/look-${process.pid}`;
  await build({ mode: 'look', logLevel: 'warn', build: { outDir, emptyOutDir: true } });
  const server = await preview({ build: { outDir }, preview: { port: 0, strictPort: false } });
  const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
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
