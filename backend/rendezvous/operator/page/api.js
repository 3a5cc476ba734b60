// Calls of the operator's service in the Connect protocol, with JSON.

const service = '/tincan.operator.v1.OperatorService/';

/** What a call came to when it failed. */
export class CallError extends Error {
  constructor(code, message, detail) {
    super(message);
    this.code = code;
    this.detail = detail;
  }
}

const failure = (error) => new CallError(error?.code ?? 'unknown', error?.message ?? '', error?.details?.[0]?.debug);

async function send(method, type, body, signal) {
  try {
    return await fetch(service + method, { method: 'POST', headers: { 'Content-Type': type }, body, signal });
  } catch {
    throw new CallError('unreachable', '');
  }
}

/** Calls a method once. */
export async function call(method, body = {}) {
  const answer = await send(method, 'application/json', JSON.stringify(body));
  const data = await answer.json().catch(() => ({}));
  if (!answer.ok) throw failure(data);
  return data;
}

// A message of a stream: a byte of flags, four of length, JSON.
const ended = 2;

function framed(message) {
  const data = new TextEncoder().encode(JSON.stringify(message));
  const frame = new Uint8Array(5 + data.length);
  new DataView(frame.buffer).setUint32(1, data.length);
  frame.set(data, 5);
  return frame;
}

function joined(before, more) {
  const all = new Uint8Array(before.length + more.length);
  all.set(before);
  all.set(more, before.length);
  return all;
}

/** Calls a method that streams, and hands over each message. It ends with the stream, or with an error. */
export async function stream(method, each, signal) {
  const answer = await send(method, 'application/connect+json', framed({}), signal);
  if (!answer.ok || !answer.body) throw new CallError(answer.status === 401 ? 'unauthenticated' : 'unreachable', '');
  const reader = answer.body.getReader();
  let held = new Uint8Array();
  for (;;) {
    const { done, value } = await reader.read().catch(() => ({ done: true }));
    if (done) throw new CallError('unreachable', '');
    held = joined(held, value);
    while (held.length >= 5) {
      const length = new DataView(held.buffer, held.byteOffset).getUint32(1);
      if (held.length < 5 + length) break;
      const message = JSON.parse(new TextDecoder().decode(held.subarray(5, 5 + length)));
      if (held[0] & ended) {
        if (message.error) throw failure(message.error);
        return;
      }
      each(message);
      held = held.slice(5 + length);
    }
  }
}

/** Trades the token for a cookie. */
export async function login(token) {
  let answer;
  try {
    answer = await fetch('/login', { method: 'POST', body: new URLSearchParams({ token }) });
  } catch {
    throw new CallError('unreachable', '');
  }
  if (answer.ok) return;
  const codes = { 401: 'wrong-token', 429: 'too-many' };
  throw new CallError(codes[answer.status] ?? 'unknown', (await answer.text()).trim());
}

/** Ends the login. */
export async function logout() {
  await fetch('/logout', { method: 'POST' }).catch(() => undefined);
}

/** A number, whatever form it came in: 64-bit ones are strings, and 0 is left out. */
export const number = (value) => Number(value ?? 0);
