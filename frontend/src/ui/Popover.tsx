import { type ReactNode, type SyntheticEvent, useLayoutEffect, useRef } from 'react';
import { createPortal } from 'react-dom';
import { type Box, boxOf } from './anchor';
import { useLayer } from './layer';
import styles from './Menu.module.css';
import { putBeside, type Wish } from './place';

export interface PopoverProps {
  children: ReactNode;
  /** What it stands beside: an element, or a part of the window. */
  at: Element | Box;
  wish: Wish;
  label: string;
  onClose: () => void;
}

const stop = (event: SyntheticEvent) => event.stopPropagation();

/** Something small beside a place of the window. It is open while it is rendered; Esc or a press elsewhere closes it. */
export function Popover({ children, at, wish, label, onClose }: PopoverProps) {
  const layer = useRef<HTMLDivElement>(null);
  const popover = useRef<HTMLDivElement>(null);
  const { onKeyDown } = useLayer(layer, popover, onClose);
  const { side, align, offset } = wish;

  useLayoutEffect(() => {
    const element = popover.current;
    if (!element) return;
    const put = () => putBeside(element, at instanceof Element ? boxOf(at) : at, { side, align, offset });
    const watched = new ResizeObserver(put);
    put();
    watched.observe(element);
    window.addEventListener('resize', put);
    return () => {
      watched.disconnect();
      window.removeEventListener('resize', put);
    };
  }, [at, side, align, offset]);

  return createPortal(
    // What it was opened from hears nothing of what is pressed in it.
    // biome-ignore lint/a11y/noStaticElementInteractions: as above.
    <div ref={layer} onKeyDown={onKeyDown} onClick={stop} onPointerDown={stop} onMouseDown={stop}>
      {/* biome-ignore lint/a11y/noStaticElementInteractions: for the pointer alone; Esc does the same. */}
      {/* biome-ignore lint/a11y/useKeyWithClickEvents: as above. */}
      <div
        className={styles.under}
        // The focus stays where it is until it goes back.
        onMouseDown={(event) => event.preventDefault()}
        onClick={onClose}
      />
      <div ref={popover} className={styles.popover} role="dialog" aria-label={label} tabIndex={-1}>
        {children}
      </div>
    </div>,
    document.body,
  );
}
