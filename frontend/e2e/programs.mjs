// The real programs that the browser tests run against, and the browser.
import { execFile, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { chromium } from 'playwright-core';

const bin = process.env.TINCAN_BIN ?? new URL('../../build/bin', import.meta.url).pathname;

/** Where pictures are kept. */
export const artifacts = process.env.TINCAN_ARTIFACTS ?? join(tmpdir(), 'tincan-browser');

/** Starts a device that shows its interface to a browser; hosting stays on this machine. */
export async function startDevice() {
  const folder = await mkdtemp(join(tmpdir(), 'tincan-browser-'));
  const child = spawn(join(bin, 'tincan-node'), ['--data', folder, '--ui', '127.0.0.1:0', '--host-at', '127.0.0.1'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const gone = new Promise((resolve) => child.once('exit', resolve));
  const address = await new Promise((resolve, reject) => {
    let said = '';
    child.stdout.on('data', (data) => {
      said += data;
      const found = /http:\/\/\S+/.exec(said);
      if (found) resolve(found[0]);
    });
    child.once('exit', (code) => reject(new Error(`tincan-node ended with ${code}: ${said}`)));
  });
  return {
    address,
    async stop() {
      child.kill('SIGTERM');
      const code = await gone;
      await rm(folder, { recursive: true, force: true });
      return code;
    },
  };
}

/**
 * Starts the operator's page over a server that does nothing but remember (backend/rendezvous/operator, browser_test.go).
 * order() tells it what to pretend.
 */
export async function startOperator() {
  const folder = await mkdtemp(join(tmpdir(), 'tincan-operator-'));
  const program = join(folder, 'operator.test');
  const root = new URL('../..', import.meta.url).pathname;
  await promisify(execFile)('go', ['test', '-c', '-tags', 'sqlite_fts5', '-o', program, './backend/rendezvous/operator'], { cwd: root });
  const child = spawn(program, { stdio: ['pipe', 'pipe', 'inherit'], env: { ...process.env, TINCAN_OPERATOR_TEST_PAGE: '1' } });
  const gone = new Promise((resolve) => child.once('exit', resolve));
  const said = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const { address, token } = JSON.parse((await said.next()).value);
  return {
    address,
    token,
    async order(what, more = {}) {
      child.stdin.write(`${JSON.stringify({ do: what, ...more })}\n`);
      const { value } = await said.next();
      if (JSON.parse(value ?? '{}').done !== what) throw new Error(`${what}: ${value}`);
    },
    async stop() {
      child.stdin.end();
      const code = await gone;
      await rm(folder, { recursive: true, force: true });
      return code;
    },
  };
}

/** A browser that talks to nobody but the pages it is given. */
export function startBrowser() {
  return chromium.launch({
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
}
