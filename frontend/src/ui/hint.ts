import { useEffect, useMemo, useRef, useState } from 'react';

/** How long the pointer rests on something until its hint shows, in milliseconds. */
const delay = 600;
/** So long after one hint went the next shows at once. */
const warmth = 500;

let warm = false;
let cooling: ReturnType<typeof setTimeout> | undefined;
/** Hides the one hint that shows or is about to. */
let hideCurrent: (() => void) | undefined;

export interface HintState {
  open: boolean;
  /** Shows it, after a rest or at once. */
  show: (atOnce?: boolean) => void;
  hide: () => void;
}

/** When the hint of something comes and goes; there is one at a time in the window. */
export function useHint(): HintState {
  const [open, setOpen] = useState(false);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const actions = useMemo(() => {
    function hide(): void {
      clearTimeout(timer.current);
      if (hideCurrent !== hide) return;
      hideCurrent = undefined;
      setOpen(false);
      if (!warm) return;
      clearTimeout(cooling);
      cooling = setTimeout(() => {
        warm = false;
      }, warmth);
    }
    function appear(): void {
      clearTimeout(cooling);
      warm = true;
      setOpen(true);
    }
    function show(atOnce = false): void {
      if (hideCurrent !== hide) hideCurrent?.();
      hideCurrent = hide;
      clearTimeout(timer.current);
      if (atOnce || warm) appear();
      else timer.current = setTimeout(appear, delay);
    }
    return { show, hide };
  }, []);
  useEffect(() => actions.hide, [actions]);
  return { open, ...actions };
}
