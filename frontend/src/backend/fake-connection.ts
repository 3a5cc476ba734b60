import type { CheckGrade, ConnectionCheck } from './types';

const finding = (code: string, grade: CheckGrade, params: Record<string, string> = {}) => ({
  ...{ code, grade, message: '', params },
});

/** A network with a few troubles: what the fake backend finds. */
export const fakeConnection: ConnectionCheck = {
  findings: [
    finding('network-up', 'good'),
    finding('local-hosting', 'good', { address: '192.168.1.20:7431' }),
    finding('servers-some', 'warn', { up: '2', all: '3', hosts: 'hallo.example.org', rtt: '23' }),
    finding('servers-refused', 'bad', { host: 'lines.example.com:443', cause: 'server-key' }),
    finding('udp-open', 'good', { address: '203.0.113.9' }),
    finding('router-changing', 'warn'),
    finding('relay-up', 'good', { host: 'lines.example.net', rtt: '31' }),
    finding('clock-behind', 'warn', { seconds: '100' }),
    finding('database-sound', 'good', { messages: '184201', took: '812' }),
    finding('mailbox-empty', 'good', { kept: '2' }),
  ],
  took: 1840,
};
