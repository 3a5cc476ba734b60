// The real programs that the browser tests run against, and the browser.
import { execFile, spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout } from 'node:timers/promises';
import { promisify } from 'node:util';

export { startBrowser } from '../scripts/browser.mjs';

/** Where the programs are. */
export const bin = process.env.TINCAN_BIN ?? new URL('../../build/bin', import.meta.url).pathname;

/** Where pictures are kept. */
export const artifacts = process.env.TINCAN_ARTIFACTS ?? join(tmpdir(), 'tincan-browser');

/**
 * Starts a device that shows its interface to a browser; hosting stays on this machine. A folder that is given is kept.
 * said() waits for words in its log, so often; log is how much it says there. environment is for another program than the shipped one.
 */
export async function startDevice({
  folder,
  options = ['--host-at', '127.0.0.1'],
  log: level = 'debug',
  program = join(bin, 'tincan-node'),
  environment = {},
} = {}) {
  const data = folder ?? (await mkdtemp(join(tmpdir(), 'tincan-browser-')));
  const child = spawn(program, ['--data', data, '--ui', '127.0.0.1:0', ...options], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, TINCAN_LOG: level, ...environment },
  });
  const gone = new Promise((resolve) => child.once('exit', resolve));
  let log = '';
  child.stderr.on('data', (more) => {
    log += more;
  });
  const address = await new Promise((resolve, reject) => {
    let said = '';
    child.stdout.on('data', (more) => {
      said += more;
      const found = /http:\/\/\S+/.exec(said);
      if (found) resolve(found[0]);
    });
    child.once('exit', (code) => reject(new Error(`tincan-node ended with ${code}: ${said}${log}`)));
  });
  return {
    address,
    said: (words, times = 1) => {
      const enough = () => log.split(words).length > times;
      if (enough()) return Promise.resolve();
      return new Promise((resolve, reject) => {
        child.stderr.on('data', () => enough() && resolve());
        child.once('exit', () => reject(new Error(`tincan-node never said ${words}: ${log}`)));
      });
    },
    /** Ends it like a power cut. */
    async kill() {
      child.kill('SIGKILL');
      await gone;
    },
    async stop() {
      child.kill('SIGTERM');
      const code = await gone;
      if (folder === undefined) await rm(data, { recursive: true, force: true });
      return code;
    },
  };
}

/** The first of the ports of a cluster that were free a moment ago. */
async function freePorts() {
  for (;;) {
    const open = [];
    const listen = async (port) => {
      const server = createServer();
      await new Promise((resolve, reject) => server.once('error', reject).listen(port, '127.0.0.1', resolve));
      open.push(server);
      return server.address().port;
    };
    try {
      const first = await listen(0);
      for (const offset of [1, 2, 10, 11, 12, 20, 21, 22]) await listen(first + offset);
      return first;
    } catch {
      // one of them is taken
    } finally {
      for (const server of open) server.close();
    }
  }
}

/** Starts three introduction servers as one (build/tools/cluster). */
export async function startCluster() {
  const folder = await mkdtemp(join(tmpdir(), 'tincan-cluster-'));
  const child = spawn(new URL('../../build/tools/cluster', import.meta.url).pathname, [], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, RENDEZVOUS: join(bin, 'rendezvous'), DATA: folder, PORT: String(await freePorts()) },
  });
  const gone = new Promise((resolve) => child.once('exit', resolve));
  const addresses = [];
  for await (const line of createInterface({ input: child.stdout })) {
    const node = /^node \d: process \d+, (\S+)$/.exec(line);
    if (node) addresses.push(node[1]);
    if (line === 'cluster ready') break;
  }
  return {
    addresses,
    /** Ends a node like a power cut. */
    async kill(node) {
      process.kill(Number(await readFile(join(folder, `${node}.pid`), 'utf8')), 'SIGKILL');
    },
    async stop() {
      child.kill('SIGINT');
      const code = await gone;
      await rm(folder, { recursive: true, force: true });
      return code;
    },
  };
}

/** Builds the device that a test can make to fail (backend/internal/fault), and returns its path. */
export async function buildFaults(folder) {
  const program = join(folder, 'tincan-node');
  const root = new URL('../..', import.meta.url).pathname;
  await promisify(execFile)('go', ['build', '-tags', 'sqlite_fts5,faults', '-o', program, './backend/cmd/tincan-node'], { cwd: root });
  return program;
}

/** Starts one introduction server on this machine. */
export async function startServer(...options) {
  const folder = await mkdtemp(join(tmpdir(), 'tincan-server-'));
  const child = spawn(join(bin, 'rendezvous'), ['--listen', '127.0.0.1:0', '--data', folder, '--operator', 'off', ...options], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const gone = new Promise((resolve) => child.once('exit', resolve));
  let said = '';
  const address = await new Promise((resolve, reject) => {
    const hear = (more) => {
      said += more;
      const found = /wss:\/\/\S+/.exec(said);
      if (found) resolve(found[0]);
    };
    child.stdout.on('data', hear);
    child.stderr.on('data', hear);
    child.once('exit', (code) => reject(new Error(`rendezvous ended with ${code}: ${said}`)));
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

/** Opens a device's interface in a window of its own, perhaps in another language or theme; complaints are what the page logs as errors. */
export async function openPage(browser, device, size = { width: 1200, height: 800 }, as = {}) {
  const context = await browser.newContext({ viewport: size, locale: 'en', ...as });
  const page = await context.newPage();
  page.setDefaultTimeout(30_000);
  const complaints = [];
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(String(error)));
  await page.goto(device.address);
  return { device, page, complaints };
}

/** Starts a device of somebody new and opens it; more is a size, and what startDevice takes. */
export async function openPerson(browser, name, { size, ...options } = {}) {
  const person = await openPage(browser, await startDevice(options), size);
  await beSomebody(person.page, name);
  return person;
}

/** The first run: the field has the focus, a new user just types. */
export async function beSomebody(page, name) {
  await page.getByLabel('What should people call you?').waitFor();
  await page.keyboard.type(name);
  await page.keyboard.press('Enter');
  await page.getByRole('complementary', { name: 'Conversations' }).waitFor();
}

/** Waits until what a page is asked, which may take a moment to answer, is so. Playwright's waitForFunction takes the promise of it for the answer. */
export async function eventually(page, condition, argument) {
  const end = Date.now() + 60_000;
  while (!(await page.evaluate(condition, argument))) {
    if (Date.now() > end) throw new Error(`it is not so within a minute: ${condition}`);
    await setTimeout(20);
  }
}

/** Calls the app as the interface does. */
export const call = (page, method, ...rest) => page.evaluate(([name, given]) => window.go.app.API[name](...given), [method, rest]);
