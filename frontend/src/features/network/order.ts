import type { LineFacts } from './facts';

export const columns = ['who', 'line', 'delay', 'via', 'received', 'sent', 'up'] as const;

export type Column = (typeof columns)[number];

export interface Order {
  column: Column;
  descending: boolean;
}

/** Columns of numbers, which stand at the end of their cells. */
export const numeric: readonly Column[] = ['delay', 'received', 'sent', 'up'];

const states = ['lan', 'direct', 'relayed', 'connecting', 'ready', 'waiting', 'asked', 'noNetwork', 'held', 'banned'];

/** What a row is compared by; undefined stands last, whichever way it is sorted. */
function comparable({ row, line, open, carried }: LineFacts, column: Column): string | number | undefined {
  switch (column) {
    case 'who':
      return row.name;
    case 'line':
      return states.indexOf(line.state);
    case 'delay':
      return line.delay;
    case 'via':
      return line.state === 'relayed' ? row.line.host : line.state === 'lan' ? '' : undefined;
    case 'received':
      return carried?.received;
    case 'sent':
      return carried?.sent;
    case 'up':
      // Up for longer is more.
      return open && carried?.opened ? -Date.parse(carried.opened) : undefined;
  }
}

/** People in an order; those who are alike in it stay as they were. */
export function ordered(people: readonly LineFacts[], { column, descending }: Order): LineFacts[] {
  const names = new Intl.Collator(undefined, { sensitivity: 'base', numeric: true });
  const way = descending ? -1 : 1;
  return people
    .map((facts) => ({ facts, value: comparable(facts, column) }))
    .sort((a, b) => {
      if (a.value === undefined || b.value === undefined) {
        return Number(a.value === undefined) - Number(b.value === undefined);
      }
      if (typeof a.value === 'string' || typeof b.value === 'string') {
        return way * names.compare(String(a.value), String(b.value));
      }
      return way * (a.value - b.value);
    })
    .map(({ facts }) => facts);
}
