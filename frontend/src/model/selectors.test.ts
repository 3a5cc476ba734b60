import { describe, expect, it } from 'vitest';
import { sampleConversation } from '@/backend/samples';
import { lineView, roundedDelay } from './line';
import {
  earlierOf,
  filteredConversations,
  initial,
  presentConversations,
  shortName,
  sortedConversations,
} from './selectors';

describe('sortedConversations', () => {
  it('puts the newest activity first, and equal times by name', () => {
    const rows = [
      sampleConversation('b', { lastTime: '2026-11-20T10:00:00.000Z' }),
      sampleConversation('a', { lastTime: '2026-11-20T10:00:00.000Z' }),
      sampleConversation('c', { lastTime: '2026-11-21T09:00:00.000Z' }),
    ];
    const sorted = sortedConversations(Object.fromEntries(rows.map((row) => [row.id, row])));
    expect(sorted.map((row) => row.id)).toEqual(['c', 'a', 'b']);
  });
});

describe('filteredConversations', () => {
  const rows = [
    sampleConversation('1', { name: 'Tomás Reyes', unread: 2 }),
    sampleConversation('2', { name: '李小梅' }),
    sampleConversation('3', { name: 'Ana Duarte' }),
  ];
  const ids = (filter: 'all' | 'unread', open: string) =>
    filteredConversations(rows, filter, open).map((row) => row.id);

  it('are all of them, or the unread ones', () => {
    expect(ids('all', '')).toEqual(['1', '2', '3']);
  });

  it('keeps the open conversation among the unread ones', () => {
    expect(ids('unread', '')).toEqual(['1']);
    expect(ids('unread', '3')).toEqual(['1', '3']);
  });
});

describe('names', () => {
  it.each([
    ['Ana Duarte', 'Ana'],
    ['Grandpa Ole', 'Ole'],
    ['Dr. Weber', 'Weber'],
    ['J. Weber', 'J. Weber'],
    ['李小梅', '李小梅'],
    ['Noor', 'Noor'],
  ])('%s is called %s', (name, short) => expect(shortName(name)).toBe(short));

  it.each([
    ['ana', 'A'],
    ['  élodie', 'É'],
    ['"Zed"', 'Z'],
    ['李小梅', '李'],
    ['👩‍🚀 crew', '👩‍🚀'],
    ['z\u0300\u0321\u0334\u0300\u0321\u0489algo', 'Z\u0300\u0321\u0334'],
    ['', '?'],
  ])('the lid of %s shows %s', (name, letter) => expect(initial(name)).toBe(letter));
});

describe('lineView', () => {
  it.each([
    ['lan', 'taut', 'lan'],
    ['direct', 'taut', 'direct'],
    ['relayed', 'bead', 'relayed'],
    ['connecting', 'sagging', 'connecting'],
    ['waiting', 'sagging', 'waiting'],
    ['no-network', 'sagging', 'noNetwork'],
    ['banned', 'none', 'banned'],
    ['idle', 'sagging', 'ready'],
  ] as const)('%s is %s and says %s', (state, form, said) => {
    expect(lineView(sampleConversation('a', { line: { state, rtt: -1, host: '' } }))).toMatchObject({
      form,
      state: said,
    });
  });

  it('tells contacts that did not answer and those that are banned', () => {
    expect(lineView(sampleConversation('a', { contact: 'asked' }))).toMatchObject({ form: 'sagging', state: 'asked' });
    expect(lineView(sampleConversation('a', { contact: 'banned' }))).toMatchObject({ form: 'none', state: 'banned' });
    const idle = { state: 'idle', rtt: -1, host: '' } as const;
    expect(lineView(sampleConversation('a', { presence: 'offline', line: idle })).state).toBe('waiting');
  });

  it('rounds the delay so that it does not flicker', () => {
    expect([0.4, 7.6, 99.4, 104, 266].map(roundedDelay)).toEqual([0, 8, 99, 100, 270]);
  });
});

describe('conversations of before a key changed', () => {
  const row = (id: string, lastTime: string, next?: string) =>
    sampleConversation(id, { lastTime, ...(next && { next }) });
  const all = Object.fromEntries(
    [
      row('now', '2026-11-05'),
      row('second', '2026-11-03', 'now'),
      row('first', '2026-11-02', 'now'),
      row('ole', '2026-11-01'),
    ].map((one) => [one.id, one]),
  );

  it('are folded under the one that goes on, unless they are open or something is unread there', () => {
    expect(presentConversations(all).map(({ id }) => id)).toEqual(['now', 'ole']);
    const shown = (open: string) => filteredConversations(sortedConversations(all), 'all', open).map(({ id }) => id);
    expect(shown('')).toEqual(['now', 'ole']);
    expect(shown('first')).toEqual(['now', 'first', 'ole']);
  });

  it('stay where they are when the one that goes on is not there', () => {
    const left = Object.fromEntries(Object.entries(all).filter(([id]) => id !== 'now'));
    expect(presentConversations(left).map(({ id }) => id)).toEqual(['second', 'first', 'ole']);
  });

  it('are reached one from another', () => {
    expect(earlierOf(all, 'now')).toBe('second');
    expect(earlierOf(all, 'second')).toBe('first');
    expect(earlierOf(all, 'first')).toBeUndefined();
    expect(earlierOf(all, 'ole')).toBeUndefined();
  });
});
