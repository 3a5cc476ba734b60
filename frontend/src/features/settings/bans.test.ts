import { describe, expect, it } from 'vitest';
import type { Ban } from '@/backend';
import { banName, filteredBans, nextOrder, shortPeer, sortedBans } from './bans';

const ban = (id: string, change: Partial<Ban>): Ban => ({
  id,
  kind: 'address',
  target: '198.51.100.7',
  name: '',
  color: 8,
  reason: '',
  added: '2026-11-20T10:00:00.000Z',
  blocked: 0,
  ...change,
});

const bans = [
  ban('a', { target: '198.51.100.77', reason: 'Scanning', blocked: 4 }),
  ban('b', { kind: 'peer', target: 'tc1viktor', name: 'Viktór S.', added: '2026-11-21T10:00:00.000Z' }),
  ban('c', { kind: 'range', target: '203.0.113.0/24', blocked: 1204, added: '2026-11-19T10:00:00.000Z' }),
  ban('d', { target: '198.51.100.9' }),
];
const ids = (list: readonly Ban[]) => list.map((one) => one.id).join('');

describe('filteredBans', () => {
  it.each([
    ['all', '', 'abcd'],
    ['people', '', 'b'],
    ['addresses', '', 'acd'],
    ['all', ' viktor ', 'b'],
    ['all', '198.51', 'ad'],
    ['all', 'scan', 'a'],
    ['people', '198', ''],
  ] as const)('%s with "%s" is %s', (filter, search, found) => {
    expect(ids(filteredBans(bans, filter, search))).toBe(found);
  });
});

describe('sortedBans', () => {
  it.each([
    ['added', true, 'badc'],
    ['added', false, 'cadb'],
    ['blocked', true, 'cabd'],
    ['kind', false, 'badc'],
    ['target', false, 'dacb'],
  ] as const)('by %s, descending %s: %s', (column, descending, order) => {
    expect(ids(sortedBans(bans, { column, descending }))).toBe(order);
  });

  it('turns round when the same column is asked for again', () => {
    expect(nextOrder({ column: 'added', descending: true }, 'added').descending).toBe(false);
    expect(nextOrder({ column: 'added', descending: true }, 'target')).toEqual({ column: 'target', descending: false });
    expect(nextOrder({ column: 'kind', descending: true }, 'blocked').descending).toBe(true);
  });
});

describe('banName', () => {
  it('is the name, a short PeerID, or the address', () => {
    expect(bans.map(banName)).toEqual(['198.51.100.77', 'Viktór S.', '203.0.113.0/24', '198.51.100.9']);
    expect(banName(ban('e', { kind: 'peer', target: 'tc1k7q4wx2m9fhtk7q4' }))).toBe('tc1k7q4w…k7q4');
    expect(shortPeer('tc1short')).toBe('tc1short');
  });
});
