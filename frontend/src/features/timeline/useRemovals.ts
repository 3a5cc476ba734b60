import { type RefObject, useLayoutEffect, useRef } from 'react';
import type { VirtualizerHandle } from 'virtua';
import { focusWhenLost } from '@/ui';
import type { Row } from './rows';
import { messageSelector } from './useMessageKeys';

/** A row that was seen: how far its beginning is above the top of the view, in pixels. */
export interface SeenRow {
  id: string;
  offset: number;
}

export interface RemovalsOptions {
  /** Grows when messages were taken out. */
  removals: number;
  rows: readonly Row[];
  list: RefObject<VirtualizerHandle | null>;
  /** The rows on screen before. */
  seen: RefObject<readonly SeenRow[]>;
  following: RefObject<boolean>;
  /** The message that had the focus, '' for none. */
  focused: string;
}

/** When messages leave, what is read stays where it is, and the focus goes to the message that takes the place. */
export function useRemovals({ removals, rows, list, seen, following, focused }: RemovalsOptions): void {
  const known = useRef(removals);
  const place = useRef(-1);
  useLayoutEffect(() => {
    const at = rows.findIndex((row) => row.message.id === focused);
    if (known.current !== removals) {
      known.current = removals;
      if (!following.current) {
        const index = new Map(rows.map((row, position) => [row.message.id, position]));
        const kept = seen.current.find((row) => index.has(row.id));
        const position = kept && index.get(kept.id);
        if (position !== undefined)
          list.current?.scrollToIndex(position, { align: 'start', offset: kept?.offset ?? 0 });
      }
      const next = rows[Math.min(place.current, rows.length - 1)];
      if (focused !== '' && at < 0 && next) focusWhenLost(messageSelector(next.message.id));
    }
    place.current = at >= 0 ? at : place.current;
  }, [removals, rows, list, seen, following, focused]);
}
