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

/** Frames that a row may take to be mounted. */
const mountFrames = 30;

/** Up and down move the focus through the messages, C copies one, D tells the way of one, End goes to the latest. */
export function useMessageKeys({ rows, list, scroller, onCopy, onDelivery, onEnd }: MessageKeysOptions) {
  const [focusedIndex, setFocusedIndex] = useState<number>();

  function focusRow(index: number): void {
    const row = rows[index];
    if (!row) return;
    setFocusedIndex(index);
    list.current?.scrollToIndex(index, { align: 'nearest' });
    focusMounted(row.message.id, mountFrames);
  }

  /** The row is mounted by the next frame, or by a later one when the list had to go far; until it is measured it is hidden. */
  function focusMounted(id: string, frames: number): void {
    requestAnimationFrame(() => {
      const message = scroller.current?.querySelector<HTMLElement>(`[data-message="${CSS.escape(id)}"]`);
      message?.focus();
      if (frames > 0 && (!message || document.activeElement !== message)) focusMounted(id, frames - 1);
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

  /** Moves the focus to a message that the view stands at already. */
  function focusMessage(id: string): void {
    setFocusedIndex(rows.findIndex((row) => row.message.id === id));
    focusMounted(id, mountFrames);
  }

  return { onKeyDown, focusedIndex, focusMessage };
}
