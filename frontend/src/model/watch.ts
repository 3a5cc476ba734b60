/** Asks again and again while somebody looks, never twice at once; not while the window is hidden. Returns what ends it. */
export function askAgain(every: number, ask: (ended: () => boolean) => Promise<void>): () => void {
  let ended = false;
  let timer: ReturnType<typeof setTimeout> | undefined;

  function again(): void {
    if (!ended) timer = setTimeout(next, every);
  }

  function next(): void {
    if (document.visibilityState === 'hidden') again();
    else void ask(() => ended).finally(again);
  }

  next();
  return () => {
    ended = true;
    clearTimeout(timer);
  };
}
