// The people of the measurement: real devices, whose conversations are written by sending.
import { Agent, request } from 'node:http';
import { startDevice } from '../../e2e/programs.mjs';

/** So many sends wait for their answers at once while a history is written. */
const callers = 128;

/** Asks over HTTP and gives the response's status, headers and text. */
function ask(agent, method, address, headers = {}, body = undefined) {
  return new Promise((resolve, reject) => {
    const sent = request(address, { agent, method, headers }, (response) => {
      const parts = [];
      response.on('data', (part) => parts.push(part));
      response.on('end', () =>
        resolve({ ...response, headers: response.headers, text: Buffer.concat(parts).toString() }),
      );
    });
    sent.once('error', reject);
    sent.end(body);
  });
}

/** A device with a profile, perhaps at a server, perhaps with a folder's history; call() calls the app over the bridge as the interface does. */
export async function startPerson(name, { server, folder } = {}) {
  const device = await startDevice({
    log: 'error',
    ...(folder ? { folder } : {}),
    ...(server ? { options: ['--name', name, '--no-host', '--server', server.address] } : {}),
  });
  const agent = new Agent({ keepAlive: true, maxSockets: callers });
  const admitted = await ask(agent, 'GET', device.address);
  const cookie = admitted.headers['set-cookie'].map((one) => one.split(';')[0]).join('; ');
  const call = async (method, ...given) => {
    const address = new URL(`/bridge/call/${method}`, device.address);
    const headers = { cookie, origin: address.origin, 'content-type': 'application/json' };
    const { text } = await ask(agent, 'POST', address, headers, JSON.stringify(given));
    const answer = JSON.parse(text);
    if (answer.error) throw new Error(`${name}: ${method}: ${answer.error.message}`);
    return answer.result;
  };
  if (!server) await call('CreateProfile', name, 1);
  return {
    name,
    device,
    call,
    /** A person's address in the browser has a token that is good for every browser of this run. */
    address: device.address,
    async stop() {
      agent.destroy();
      await device.stop();
    },
  };
}

/** Waits until something is true, at most so many milliseconds. */
export async function until(what, holds, most = 120_000) {
  const end = Date.now() + most;
  while (!(await holds())) {
    if (Date.now() > end) throw new Error(`waited in vain: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** Makes two people contacts: an invite, a request, an answer. The conversation's id is the same for both. */
export async function meet(host, guest) {
  const { link } = await host.call('CreateInvite', { label: '', days: 7, uses: 1 });
  const { id } = await guest.call('SendRequest', link, `Hello, it is ${guest.name}`);
  await until('a request arrives', async () => (await host.call('Start')).requests.some((one) => one.id === id));
  await host.call('AcceptRequest', id);
  await until('an answer arrives', async () =>
    (await guest.call('Start')).conversations.some((one) => one.id === id && one.contact === 'mutual'),
  );
  return id;
}

// Messages are of all lengths, and long ones wrap.
const words = 'the ferry leaves at nine and we meet on the pier with coffee and the good thermos'.split(' ');

/** The text of message number n. */
export function textOf(n) {
  const count = 3 + ((n * 7919) % 37);
  return `Message ${n}: ${Array.from({ length: count }, (_, at) => words[(n + at) % words.length]).join(' ')}`;
}

/** People send messages first to last of a conversation in turn, many at once. */
export async function send(people, conversation, first, last) {
  let next = first;
  const one = async () => {
    while (next <= last) {
      const number = next;
      next += 1;
      await people[number % people.length].call('SendText', conversation, textOf(number));
    }
  };
  await Promise.all(Array.from({ length: callers }, one));
}

/** The newest message of a conversation, as a device has it. */
export async function newest(person, conversation) {
  return (await person.call('PageLast', conversation, 1)).messages[0];
}

/** Waits until both devices have the same newest message. */
export async function same(one, other, conversation, most) {
  await until(
    `${one.name} and ${other.name} have the same messages`,
    async () => (await newest(one, conversation))?.id === (await newest(other, conversation))?.id,
    most,
  );
}
