import { useEffect, useState } from 'react';
import { backend, type LogLine } from '@/backend';

/** How often the log is asked for while the page is seen, in milliseconds. */
export const logEvery = 3000;

/** What happened in this run, newest first, and what asks for it now; undefined: it is not known yet. */
export function useLog(): [lines: readonly LogLine[] | undefined, ask: () => void] {
  const [lines, setLines] = useState<readonly LogLine[]>();
  const [asked, setAsked] = useState(0);

  useEffect(() => {
    let ended = false;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const again = () => {
      if (!ended) timer = setTimeout(ask, logEvery);
    };
    function ask(): void {
      if (document.visibilityState === 'hidden') {
        again();
        return;
      }
      backend()
        .log()
        .then((next) => {
          if (!ended) setLines((before) => (same(before, next) ? before : next));
        })
        .catch(() => undefined) // it is asked again
        .finally(again);
    }
    ask();
    return () => {
      ended = true;
      clearTimeout(timer);
    };
  }, [asked]);

  return [lines, () => setAsked((count) => count + 1)];
}

/** Lines are only added, and counted further, at the top. */
function same(before: readonly LogLine[] | undefined, next: readonly LogLine[]): boolean {
  return before?.length === next.length && JSON.stringify(before[0]) === JSON.stringify(next[0]);
}
