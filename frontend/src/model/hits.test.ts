import { describe, expect, it } from 'vitest';
import type { SearchHit } from '@/backend';
import { withoutHits, withPage } from './hits';

const hit = (order: number): SearchHit => ({
  ...{ id: `hit-${order}`, conversation: 'ana', order: String(order), mine: false, author: 'tc1ana' },
  ...{ time: '2026-11-21T10:42:00.000Z', snippet: 'ferry', matches: [] },
});
const orders = (hits: readonly SearchHit[]) => hits.map((one) => Number(one.order));
const page = (from: number[], before = '') => ({ hits: from.map(hit), before, waiting: 0, meant: '' });

describe('withPage', () => {
  const held = { hits: [9, 8, 7, 6, 5, 4].map(hit), before: '4' };

  it('puts older ones behind', () => {
    const grown = withPage(held, '4', page([3, 2], '2'));
    expect([orders(grown.hits), grown.before]).toEqual([[9, 8, 7, 6, 5, 4, 3, 2], '2']);
    const whole = withPage(held, '4', page([3]));
    expect([orders(whole.hits), whole.before]).toEqual([[9, 8, 7, 6, 5, 4, 3], '']);
    expect(withPage(held, '4', page([])).before).toBe('');
  });

  it('puts the newest page before what it does not reach, and drops what it does not have', () => {
    const next = withPage(held, '', page([10, 9, 7], '7'));
    expect([orders(next.hits), next.before]).toEqual([[10, 9, 7, 6, 5, 4], '4']);
  });

  it('replaces a stretch in the middle', () => {
    expect(orders(withPage(held, '8', page([6, 5], '5')).hits)).toEqual([9, 8, 6, 5, 4]);
  });

  it('takes over the cursor of a page that reaches beyond what is held', () => {
    const next = withPage(held, '', page([9, 2], '2'));
    expect([orders(next.hits), next.before]).toEqual([[9, 2], '2']);
  });
});

describe('withoutHits', () => {
  const held = [3, 2, 1].map(hit);

  it('drops messages and conversations, and is the same list when nothing goes', () => {
    expect(orders(withoutHits(held, new Set(['hit-2'])))).toEqual([3, 1]);
    expect(withoutHits(held, new Set(), new Set(['ana']))).toEqual([]);
    expect(withoutHits(held, new Set(['hit-7']), new Set(['ole']))).toBe(held);
  });
});
