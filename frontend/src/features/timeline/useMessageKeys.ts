import { type KeyboardEvent, type RefObject, useState } from 'react';
import type { VirtualizerHandle } from 'virtua';
import type { Message } from '@/backend';
import type { Row } from './rows';

export interface MessageKeysOptions {
  rows: readonly Row[];
  list: RefObject<VirtualizerHandle | null>;
  scroller: RefObject<HTMLElement | null>;
  onCopy: (message: Message) => void;
  /** Asks what happened to a message of mine. */
  onDelivery: (message: Message) => void;
  onEnd: () => void;
}

/** Up and down move the focus through the messages, C copies one, D tells the way of one, End goes to the latest. */
export function useMessageKeys({ rows, list, scroller, onCopy, onDelivery, onEnd }: MessageKeysOptions) {
  const [focusedIndex, setFocusedIndex] = useState<number>();

  function focusRow(index: number): void {
    const row = rows[index];
    if (!row) return;
    setFocusedIndex(index);
    list.current?.scrollToIndex(index, { align: 'nearest' });
    // The row is mounted by the next frame at the latest.
    requestAnimationFrame(() => {
      scroller.current?.querySelector<HTMLElement>(`[data-message="${CSS.escape(row.message.id)}"]`)?.focus();
    });
  }

  function onKeyDown(event: KeyboardEvent<HTMLElement>): void {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    const target = event.target as HTMLElement;
    const id = target.dataset.message;
    const at = id === undefined ? -1 : rows.findIndex((row) => row.message.id === id);
    switch (event.key) {
      case 'ArrowUp':
        event.preventDefault();
        focusRow(at < 0 ? rows.length - 1 : at - 1);
        return;
      case 'ArrowDown':
        if (at < 0) return;
        event.preventDefault();
        focusRow(at + 1);
        return;
      case 'End':
        event.preventDefault();
        onEnd();
        return;
      case 'c':
      case 'C': {
        const row = rows[at];
        if (row) onCopy(row.message);
        return;
      }
      case 'd':
      case 'D': {
        const row = rows[at];
        if (row?.message.mine) onDelivery(row.message);
        return;
      }
      default:
    }
  }

  function focusMessage(id: string): void {
    focusRow(rows.findIndex((row) => row.message.id === id));
  }

  return { onKeyDown, focusedIndex, focusMessage };
}
