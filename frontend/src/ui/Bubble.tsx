import { useEffect, useLayoutEffect, useRef } from 'react';
import { createPortal } from 'react-dom';
import { boxOf } from './anchor';
import styles from './Bubble.module.css';
import { useEntering } from './layer';
import type { Hint } from './PressButton';
import { putBeside } from './place';

export interface BubbleProps {
  id: string;
  hint: Hint;
  of: Element;
  /** It fades out when it is not open any more. */
  open: boolean;
  onGone: () => void;
}

/** The hint of a PressButton, beside it. It comes with the first hint that is shown. */
export function Bubble({ id, hint, of, open, onGone }: BubbleProps) {
  const ref = useRef<HTMLDivElement>(null);
  const side = hint.placement ?? 'bottom';
  useLayoutEffect(() => {
    if (ref.current) putBeside(ref.current, boxOf(of), { side, align: 'center', offset: 6 });
  }, [of, side]);
  useEntering(ref);

  const gone = useRef(onGone);
  useEffect(() => {
    gone.current = onGone;
  });
  useEffect(() => {
    const element = ref.current;
    if (open || !element) return;
    let back = false;
    element.dataset.exiting = '';
    const fading = element.getAnimations?.().map(({ finished }) => finished) ?? [];
    void Promise.allSettled(fading).then(() => {
      if (!back) gone.current();
    });
    return () => {
      back = true;
      delete element.dataset.exiting;
    };
  }, [open]);

  return createPortal(
    <div ref={ref} id={id} role="tooltip" className={styles.tooltip}>
      {hint.text}
      {hint.keys && <span className={styles.keys}>{hint.keys}</span>}
    </div>,
    document.body,
  );
}
