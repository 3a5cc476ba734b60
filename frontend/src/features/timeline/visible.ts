import type { Message } from '@/backend';
import type { Anchor } from '@/model';
import type { Row } from './rows';

/** What the rules below must know of the mounted list; virtua's handle gives it. Offsets are pixels from the list's start. */
export interface Measures {
  findItemIndex(offset: number): number;
  getItemOffset(index: number): number;
  getItemSize(index: number): number;
}

/** Nearer than this to the end counts as being at the end, in pixels. */
export const endSlack = 24;
/** Farther than this from the end, "Latest" is offered. */
export const latestFrom = 160;

/** How high a row is thought to be before it is measured, in pixels. */
export const rowHeight = 56;

/** The rows that are on screen when a stretch appears at its anchor, as far as can be said before any is measured. */
export function rowsAt(anchor: Anchor, messages: readonly Message[], viewHeight: number): readonly number[] {
  const count = Math.ceil(viewHeight / rowHeight);
  const at = anchor.kind === 'end' ? -1 : messages.findIndex(({ id }) => id === anchor.message);
  const from = at < 0 ? messages.length - count : anchor.kind === 'found' ? at - Math.floor(count / 2) : at;
  const begin = Math.max(0, from);
  return [...messages.keys()].slice(begin, begin + count);
}

/** Whether the view follows new messages after a scroll: at the end yes, after going up no, otherwise as before. */
export function followsAfter(following: boolean, distance: number, wentUp: boolean): boolean {
  if (distance <= endSlack) return true;
  return wentUp ? false : following;
}

/** The newest row of theirs that is on screen: its end is visible, or at least 60 pixels of it. */
export function newestSeen(rows: readonly Row[], list: Measures, viewBottom: number): Row | undefined {
  if (rows.length === 0 || viewBottom <= 0) return undefined;
  let index = Math.min(rows.length - 1, list.findItemIndex(viewBottom - 1));
  while (index >= 0 && list.getItemOffset(index) + Math.min(list.getItemSize(index), 60) > viewBottom) index -= 1;
  while (index >= 0 && rows[index]?.message.mine) index -= 1;
  return rows[index];
}

/** From which end to drop messages that are too many: the one that is farther from what is read. */
export function trimSide(count: number, firstVisible: number, lastVisible: number): 'start' | 'end' {
  return firstVisible > count - 1 - lastVisible ? 'start' : 'end';
}
