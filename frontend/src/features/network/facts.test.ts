import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Conversation, LineState } from '@/backend';
import { sampleConversation } from '@/backend/samples';
import { addWords, setLanguage } from '@/i18n';
import { lateWords } from '@/i18n/en/late';
import { factsOf, hostOf, relayOf, serversOf } from './facts';
import { type Column, columns, ordered } from './order';
import { elapsed, factWords, nodeLabel, serverWords } from './words';

const person = (id: string, state: LineState, rtt = -1, change: Partial<Conversation> = {}): Conversation =>
  sampleConversation(id, { name: id, line: { state, rtt, host: '' }, presence: 'online', ...change });

const facts = (...rows: Conversation[]) => factsOf(Object.fromEntries(rows.map((row) => [row.id, row])), {}, {});

const server = (id: string, address: string, change = {}) => ({
  ...{ id, address, mine: false, guest: false, state: 'online' as const, rtt: 18, since: '', retryAt: '' },
  ...change,
});

beforeAll(() => addWords(lateWords));
afterEach(() => setLanguage('en'));

describe('factsOf', () => {
  it('puts the nearest first, then for whom something waits, and the banned last', () => {
    const all = facts(
      person('banned', 'banned', -1, { contact: 'banned' }),
      person('away', 'waiting', -1, { presence: 'offline' }),
      person('wanted', 'waiting', -1, { presence: 'offline', queued: 2 }),
      person('far', 'relayed', 140),
      person('near', 'direct', 3),
      person('trying', 'connecting'),
      person('ready', 'idle'),
      person('gone', 'idle', -1, { contact: 'forgotten' }),
      person('before', 'idle', -1, { next: 'near' }),
    );
    expect(all.map(({ row }) => row.id)).toEqual(['near', 'far', 'trying', 'wanted', 'ready', 'away', 'banned']);
  });

  it('calls people by their first name, as long as nobody else is called so', () => {
    const named = (id: string, name: string) => person(id, 'direct', 5, { name });
    const all = facts(named('1', 'Ana Duarte'), named('2', 'Ana Weber'), named('3', 'Jonas Weber'));
    expect(all.map(({ name }) => name).sort()).toEqual(['Ana Duarte', 'Ana Weber', 'Jonas']);
  });
});

describe('words', () => {
  it.each([
    ['direct', 8, {}, 'Ana, Direct, 8 ms', '8 ms'],
    ['lan', 2, {}, 'Ana, LAN, 2 ms', '2 ms'],
    ['relayed', 643, {}, 'Ana, Relayed, 640 ms', '640 ms'],
    ['direct', -1, {}, 'Ana, Direct', 'Direct'],
    ['connecting', -1, {}, 'Ana, Connecting', 'Connecting'],
    ['waiting', -1, { queued: 2 }, 'Ana, Waiting, 2 messages wait', '2 messages wait'],
    ['waiting', -1, {}, 'Ana, Waiting', 'Waiting'],
    ['idle', -1, {}, 'Ana, Ready', 'Ready'],
    ['held', -1, { queued: 1 }, 'Ana, Held back, 1 message waits', '1 message waits'],
    ['banned', -1, { contact: 'banned', queued: 3 }, 'Ana, Banned', 'Banned'],
    ['no-network', -1, {}, 'Ana, No network', 'No network'],
  ] as const)('%s, %i ms, %o', (state, rtt, change, label, under) => {
    const [ana] = facts(person('ana', state, rtt, { name: 'Ana Duarte', ...change }));
    expect(ana && nodeLabel(ana)).toBe(label);
    expect(ana && factWords(ana)).toBe(under);
  });

  it('are there in Chinese', async () => {
    await setLanguage('zh-CN');
    const [ana] = facts(person('ana', 'direct', 8, { name: 'Ana' }));
    expect(ana && nodeLabel(ana)).toBe('Ana，直连，8 毫秒');
  });

  it('say for how long a line is up', () => {
    const at = (minutes: number) =>
      elapsed('2026-11-21T10:00:00.000Z', Date.parse('2026-11-21T10:00:30.000Z') + minutes * 60_000);
    expect([-5, 0, 1, 59, 60, 192, 47 * 60, 50 * 60].map(at)).toEqual([
      'less than 1 min',
      'less than 1 min',
      '1 min',
      '59 min',
      '1 h 0 min',
      '3 h 12 min',
      '47 h 0 min',
      '2 d 2 h',
    ]);
  });
});

describe('serversOf', () => {
  const people = facts(
    person('one', 'relayed', 60, { line: { state: 'relayed', rtt: 60, host: 'lines.example.net' } }),
    person('two', 'relayed', 70, { line: { state: 'relayed', rtt: 70, host: 'lines.example.net' } }),
    person('three', 'relayed', 80, { line: { state: 'relayed', rtt: 80, host: '203.0.113.9' } }),
  );

  it('counts whose lines go through a server', () => {
    const all = serversOf([server('b', 'can.example:1'), server('a', 'lines.example.net:7443')], people);
    expect(all.map(({ host, relays }) => [host, relays])).toEqual([
      ['lines.example.net', 2],
      ['can.example', 0],
    ]);
    expect(all[0] && serverWords(all[0])).toBe('18 ms · relay for 2');
    expect(people.map((one) => relayOf(one, all)?.server.id)).toEqual(['a', 'a', undefined]);
  });

  it('puts those that answer before those that do not, and contacts’ last', () => {
    const all = serversOf(
      [server('guest', 'g:1', { guest: true }), server('down', 'd:1', { state: 'down', rtt: -1 }), server('up', 'u:1')],
      [],
    );
    expect(all.map(({ server: { id } }) => id)).toEqual(['up', 'down', 'guest']);
    expect(all.map(serverWords)).toEqual(['18 ms', 'Down', '18 ms']);
  });

  it.each([
    ['lines.example.net:7443', 'lines.example.net'],
    ['[2001:db8::1]:7443', '2001:db8::1'],
    ['192.0.2.1:80', '192.0.2.1'],
    ['bare.example', 'bare.example'],
  ])('the host of %s is %s', (address, host) => expect(hostOf(address)).toBe(host));
});

describe('ordered', () => {
  const people = factsOf(
    Object.fromEntries(
      [
        person('Cleo', 'waiting', -1, { presence: 'offline' }),
        person('ana', 'direct', 8),
        person('Ben', 'relayed', 64, { line: { state: 'relayed', rtt: 64, host: 'r.example' } }),
        person('Dora', 'lan', 2),
      ].map((row) => [row.id, row]),
    ),
    Object.fromEntries(
      [
        { id: 'ana', received: 5, sent: 900, opened: '2026-11-21T10:00:00.000Z' },
        { id: 'Ben', received: 50, sent: 90, opened: '2026-11-21T09:00:00.000Z' },
        { id: 'Dora', received: 500, sent: 9, opened: '2026-11-21T08:00:00.000Z' },
      ].map(({ id, ...rest }) => [id, { conversation: id, family: '' as const, delays: [], ...rest }]),
    ),
    {},
  );
  const ids = (column: Column, descending: boolean) =>
    ordered(people, { column, descending })
      .map(({ row }) => row.id)
      .join(' ');

  it.each([
    ['who', 'ana Ben Cleo Dora', 'Dora Cleo Ben ana'],
    ['line', 'Dora ana Ben Cleo', 'Cleo Ben ana Dora'],
    ['delay', 'Dora ana Ben Cleo', 'Ben ana Dora Cleo'],
    ['received', 'ana Ben Dora Cleo', 'Dora Ben ana Cleo'],
    ['sent', 'Dora Ben ana Cleo', 'ana Ben Dora Cleo'],
    ['up', 'ana Ben Dora Cleo', 'Dora Ben ana Cleo'],
  ] as const)('%s', (column, upwards, downwards) => {
    expect(ids(column, false)).toBe(upwards);
    expect(ids(column, true)).toBe(downwards);
  });

  it('keeps everybody in every order', () => {
    for (const column of columns) {
      for (const descending of [false, true]) expect(ids(column, descending).split(' ').sort()).toHaveLength(4);
    }
  });
});
