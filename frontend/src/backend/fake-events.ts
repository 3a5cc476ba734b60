import type { LogLine, Network } from './types';

const blank: LogLine = {
  ...{ time: '', kind: 'check', problem: false, conversation: '', server: '', rule: '', from: '' },
  ...{ path: '', rtt: -1, code: '', count: 1 },
};

/** Some minutes of a run with Ana, Jonas and two servers. */
export function fakeEvents(now: Date, { servers }: Network): LogLine[] {
  const server = (at: number) => servers[at % servers.length]?.id ?? '';
  const at = (seconds: number, line: Partial<LogLine>): LogLine => ({
    ...blank,
    ...{ time: new Date(now.getTime() - seconds * 1000).toISOString() },
    ...line,
  });
  return [
    at(3, { kind: 'line-open', conversation: 'ana', path: 'direct', rtt: 8 }),
    at(15, { kind: 'line-open', conversation: 'jonas', path: 'relayed', rtt: 64, server: server(0) }),
    at(39, { kind: 'server-up', server: server(1), rtt: 840, problem: true }),
    at(61, { kind: 'server-down', server: server(2), code: 'server-down', problem: true, count: 3 }),
    at(68, { kind: 'ban', rule: '203.0.113.0/24', from: '203.0.113.0/24', count: 12 }),
    at(112, { kind: 'mail-kept', conversation: 'ana', server: server(0) }),
    at(130, { kind: 'line-failed', conversation: 'jonas', problem: true, count: 2 }),
    at(204, { kind: 'mail-fetched', server: server(0), count: 5 }),
    at(205, { kind: 'server-up', server: server(0), rtt: 23 }),
  ];
}

export const fakeNews = [
  'Desktop app for Linux: first run, conversations, invites with QR code, contact requests, settings, ban list. Light and dark, English and Simplified Chinese.',
  'Messages can be edited, deleted (for everyone, or here alone), answered and reacted to, and can disappear a while after they were read.',
  'Settings has an About page: what is inside, and a check that asks servers and relays anew and names what is wrong and what to do.',
];
