import { useEffect, useState } from 'react';
import { backend, type LogLine } from '@/backend';
import { askAgain } from '@/model';

/** How often the log is asked for while the page is seen, in milliseconds. */
export const logEvery = 3000;

/** What happened in this run, newest first; undefined: it is not known yet. */
export function useLog(): readonly LogLine[] | undefined {
  const [lines, setLines] = useState<readonly LogLine[]>();
  useEffect(
    () =>
      askAgain(logEvery, (ended) =>
        backend()
          .log()
          .then(
            (next) => {
              // Lines come and are counted further at the top alone.
              if (!ended()) setLines((old) => (old && JSON.stringify(old[0]) === JSON.stringify(next[0]) ? old : next));
            },
            () => undefined, // it is asked again
          ),
      ),
    [],
  );
  return lines;
}
