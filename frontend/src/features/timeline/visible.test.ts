import { describe, expect, it } from 'vitest';
import { sampleMessage } from '@/backend/samples';
import { timelineRows } from './rows';
import { followsAfter, type Measures, newestSeen, rowHeight, rowsAt, trimSide } from './visible';

/** Rows of 100 pixels each. */
const even: Measures = {
  findItemIndex: (offset) => Math.floor(offset / 100),
  getItemOffset: (index) => index * 100,
  getItemSize: () => 100,
};

describe('followsAfter', () => {
  it('follows at the end, stops when somebody goes up, and stays as it was otherwise', () => {
    expect(followsAfter(false, 10, false)).toBe(true);
    expect(followsAfter(true, 300, true)).toBe(false);
    expect(followsAfter(true, 300, false)).toBe(true);
    expect(followsAfter(false, 300, false)).toBe(false);
  });
});

describe('newestSeen', () => {
  const rows = timelineRows(
    [
      sampleMessage('ana', 0),
      sampleMessage('ana', 1),
      sampleMessage('ana', 2, { mine: true }),
      sampleMessage('ana', 3),
    ],
    false,
    undefined,
  );

  it.each([
    [0, undefined],
    [59, undefined],
    [60, 'ana-0'],
    [199, 'ana-1'],
    [300, 'ana-1'],
    [359, 'ana-1'],
    [360, 'ana-3'],
    [900, 'ana-3'],
  ])('down to %i pixels it is %s', (bottom, id) => expect(newestSeen(rows, even, bottom)?.message.id).toBe(id));

  it('knows an empty timeline', () => expect(newestSeen([], even, 500)).toBeUndefined());
});

describe('trimSide', () => {
  it('drops from the end that is farther from what is read', () => {
    expect(trimSide(800, 10, 20)).toBe('end');
    expect(trimSide(800, 780, 799)).toBe('start');
  });
});

describe('rowsAt', () => {
  const messages = Array.from({ length: 20 }, (_, at) => sampleMessage('ana', at));
  const id = (at: number) => messages[at]?.id ?? '';

  it('is as many rows as fit, where the stretch appears', () => {
    expect(rowsAt({ kind: 'end' }, messages, 4 * rowHeight)).toEqual([16, 17, 18, 19]);
    expect(rowsAt({ kind: 'unread', message: id(7) }, messages, 4 * rowHeight)).toEqual([7, 8, 9, 10]);
    expect(rowsAt({ kind: 'found', message: id(7) }, messages, 4 * rowHeight)).toEqual([5, 6, 7, 8]);
  });

  it('stays within the stretch', () => {
    expect(rowsAt({ kind: 'found', message: id(0) }, messages, 4 * rowHeight)).toEqual([0, 1, 2, 3]);
    expect(rowsAt({ kind: 'unread', message: id(18) }, messages, 4 * rowHeight)).toEqual([18, 19]);
    expect(rowsAt({ kind: 'message', message: 'gone', offset: 0 }, messages, 4 * rowHeight)).toEqual([16, 17, 18, 19]);
    expect(rowsAt({ kind: 'end' }, messages.slice(0, 2), 4 * rowHeight)).toEqual([0, 1]);
    expect(rowsAt({ kind: 'end' }, [], 4 * rowHeight)).toEqual([]);
  });
});
