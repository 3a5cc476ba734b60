import { useEffect, useLayoutEffect } from 'react';
import { landed, unmark, useJumpTarget, useMarked } from '@/model';
import type { Row } from './rows';

/** How long a message that was gone to is marked, in milliseconds; MessageRow.module.css fades it as long. */
const markTime = 2400;

/** Goes to the message that was asked for, and returns the id of the one that is marked, '' for none. */
export function useJump(conversation: string, rows: readonly Row[], go: (index: number) => void): string {
  const target = useJumpTarget(conversation);
  const marked = useMarked();
  useLayoutEffect(() => {
    if (!target) return;
    const index = rows.findIndex((row) => row.message.id === target.message);
    if (index < 0) return;
    landed(target.turn);
    go(index);
  }, [target, rows, go]);
  useEffect(() => {
    if (!marked) return;
    const timer = setTimeout(() => unmark(marked.turn), markTime);
    return () => clearTimeout(timer);
  }, [marked]);
  return marked?.message ?? '';
}
