import { type ReactNode, type RefObject, useLayoutEffect, useRef } from 'react';
import styles from './Menu.module.css';

/** A part of the window, in CSS pixels from its top left corner. A point has no size. */
export interface Box {
  left: number;
  top: number;
  width: number;
  height: number;
}

/** The part of the window that an element takes now. */
export function boxOf(element: Element): Box {
  const { left, top, width, height } = element.getBoundingClientRect();
  return { left, top, width, height };
}

/** Something invisible at a place of the window that a popover can stand beside, whatever becomes of what was there. */
export function useAnchor({ left, top, width, height }: Box): {
  anchor: ReactNode;
  ref: RefObject<HTMLSpanElement | null>;
} {
  const ref = useRef<HTMLSpanElement>(null);
  useLayoutEffect(() => {
    Object.assign(ref.current?.style ?? {}, {
      left: `${left}px`,
      top: `${top}px`,
      width: `${width}px`,
      height: `${height}px`,
    });
  }, [left, top, width, height]);
  return { anchor: <span ref={ref} className={styles.anchor} aria-hidden="true" />, ref };
}
