import { describe, expect, it } from 'vitest';
import type { Server } from '@/backend';
import { marked } from '@/ui';
import { sizeStep } from './AppearancePage';
import { chipKind, courseOf, sortedServers, waitUntil } from './servers';

const server = (address: string, change: Partial<Server> = {}): Server => ({
  id: address,
  address,
  mine: false,
  guest: false,
  state: 'online',
  rtt: 20,
  since: '',
  retryAt: '',
  ...change,
});

describe('servers', () => {
  it('stand with own ones first and those of contacts last', () => {
    const list = [server('a', { guest: true }), server('b', { mine: true }), server('d'), server('c')];
    expect(sortedServers(list).map((one) => one.address)).toEqual(['c', 'd', 'b', 'a']);
  });

  it.each([
    ['online', 20, 'ok'],
    ['online', 840, 'warn'],
    ['connecting', -1, 'plain'],
    ['down', -1, 'bad'],
  ] as const)('%s at %d ms is %s', (state, rtt, kind) => expect(chipKind({ state, rtt })).toBe(kind));

  it('have the course of their delay drawn from left to right, the longest at the top', () => {
    expect(courseOf([10, 20, 5])).toBe('M0.0 13.0L46.0 4.0L92.0 17.5');
  });

  it('are tried again in seconds, then minutes', () => {
    const now = Date.parse('2026-11-21T10:00:00.000Z');
    expect(waitUntil('2026-11-21T10:00:11.200Z', now)).toEqual({ unit: 'seconds', value: 12 });
    expect(waitUntil('2026-11-21T10:05:00.000Z', now)).toEqual({ unit: 'minutes', value: 5 });
    expect(waitUntil('2026-11-21T09:59:00.000Z', now)).toBeUndefined();
    expect(waitUntil('', now)).toBeUndefined();
  });
});

describe('sizeStep', () => {
  it.each([
    [0.9, 0],
    [1, 1],
    [1.15, 2],
    [1.3, 3],
    [2, 3],
    [0, 0],
  ])('%d is step %d', (size, step) => expect(sizeStep(size)).toBe(step));
});

describe('marked', () => {
  it('leaves a sentence without the mark alone', () => {
    expect(marked('A sentence.', '<key>', 'x')).toBe('A sentence.');
    expect(marked('A sentence.', '', 'x')).toBe('A sentence.');
  });
});
