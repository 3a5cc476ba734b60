import { type KeyboardEvent, type RefObject, useCallback, useState } from 'react';
import type { VirtualizerHandle } from 'virtua';
import type { Message } from '@/backend';
import { isPressed, keysOfLog } from '@/ui';
import type { Row } from './rows';

export interface MessageKeysOptions {
  rows: readonly Row[];
  list: RefObject<VirtualizerHandle | null>;
  scroller: RefObject<HTMLElement | null>;
  onEnd: () => void;
}

/** Frames that a row may take to be mounted. */
const mountFrames = 30;

/** The row is mounted by the next frame, or by a later one when the list had to go far; until it is measured it is hidden. */
function focusMounted(scroller: RefObject<HTMLElement | null>, id: string, frames: number): void {
  requestAnimationFrame(() => {
    const message = scroller.current?.querySelector<HTMLElement>(messageSelector(id));
    message?.focus({ preventScroll: true });
    if (frames > 0 && (!message || document.activeElement !== message)) focusMounted(scroller, id, frames - 1);
  });
}

/** The element of a message that is mounted. */
export function messageSelector(id: string): string {
  return `[data-message="${CSS.escape(id)}"]`;
}

/**
 * Up and down move the focus through the messages, Esc goes from what stands in one back to it, End goes to the latest.
 * What else keys do is the message's own (MessageRow).
 */
export function useMessageKeys({ rows, list, scroller, onEnd }: MessageKeysOptions) {
  const [focused, setFocused] = useState('');

  const focusRow = useCallback(
    (index: number): void => {
      const row = rows[index];
      if (!row) return;
      setFocused(row.message.id);
      list.current?.scrollToIndex(index, { align: 'nearest' });
      focusMounted(scroller, row.message.id, mountFrames);
    },
    [rows, list, scroller],
  );

  /** `onExtend` selects from one message to the next. */
  function onKeyDown(event: KeyboardEvent<HTMLElement>, onExtend: (from: Message, to: Message) => void): void {
    if (event.defaultPrevented) return;
    const bubble = (event.target as HTMLElement).closest<HTMLElement>('[data-message]');
    const at = bubble ? rows.findIndex((row) => row.message.id === bubble.dataset.message) : -1;
    const step = isPressed(event, keysOfLog.extendUp) ? -1 : isPressed(event, keysOfLog.extendDown) ? 1 : 0;
    if (step !== 0 && at >= 0) {
      const [from, to] = [rows[at], rows[at + step]];
      if (from && to) onExtend(from.message, to.message);
      focusRow(at + step);
    } else if (isPressed(event, keysOfLog.up)) focusRow(at < 0 ? rows.length - 1 : at - 1);
    else if (isPressed(event, keysOfLog.down) && at >= 0) focusRow(at + 1);
    else if (isPressed(event, keysOfLog.latest)) onEnd();
    else if (isPressed(event, keysOfLog.back) && bubble && event.target !== bubble)
      bubble.focus({ preventScroll: true });
    else return;
    event.preventDefault();
  }

  const at = focused === '' ? -1 : rows.findIndex((row) => row.message.id === focused);

  /** Moves the focus to a message that the view stands at already. */
  const focusMessage = useCallback(
    (id: string): void => {
      setFocused(id);
      focusMounted(scroller, id, mountFrames);
    },
    [scroller],
  );

  return { onKeyDown, focusMessage, focused, focusedIndex: at < 0 ? undefined : at };
}
