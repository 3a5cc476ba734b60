import { useEffect, useLayoutEffect, useState } from 'react';
import { landed, useJumpTarget } from '@/model';
import type { Row } from './rows';

/** How long a message that was gone to is marked, in milliseconds; MessageRow.module.css fades it as long. */
const markTime = 2400;

/** Goes to the message that was asked for, and returns the id of the one that is marked, '' for none. */
export function useJump(conversation: string, rows: readonly Row[], go: (index: number) => void): string {
  const target = useJumpTarget(conversation);
  const [marked, setMarked] = useState({ id: '', turn: 0 });
  useLayoutEffect(() => {
    if (!target) return;
    const index = rows.findIndex((row) => row.message.id === target.message);
    if (index < 0) return;
    landed(target.turn);
    setMarked({ id: target.message, turn: target.turn });
    go(index);
  }, [target, rows, go]);
  useEffect(() => {
    if (marked.id === '') return;
    const timer = setTimeout(() => setMarked({ id: '', turn: 0 }), markTime);
    return () => clearTimeout(timer);
  }, [marked]);
  return marked.id;
}
