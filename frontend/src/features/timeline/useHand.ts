import { type RefObject, useCallback, useEffect, useRef } from 'react';

/** A wheel or a finger moves the view a while after its last event, in milliseconds. */
const momentum = 1000;

/**
 * Whether it is the person who scrolls, and not a size that was measured or a page that came: a wheel, a finger, a key or the
 * scroll bar was used just now. `forget` says that what scrolls from now on is not them.
 */
export function useHand(element: RefObject<HTMLElement | null>) {
  const usedAt = useRef(Number.NEGATIVE_INFINITY);
  const held = useRef(false);

  useEffect(() => {
    const view = element.current;
    if (!view) return;
    const touch = () => {
      usedAt.current = performance.now();
    };
    const hold = () => {
      held.current = true;
      touch();
    };
    const release = () => {
      if (held.current) touch();
      held.current = false;
    };
    view.addEventListener('wheel', touch, { passive: true });
    view.addEventListener('touchmove', touch, { passive: true });
    // Buttons in it keep their keys and presses to themselves.
    view.addEventListener('keydown', touch, true);
    view.addEventListener('pointerdown', hold, true);
    window.addEventListener('pointerup', release);
    window.addEventListener('pointercancel', release);
    return () => {
      view.removeEventListener('wheel', touch);
      view.removeEventListener('touchmove', touch);
      view.removeEventListener('keydown', touch, true);
      view.removeEventListener('pointerdown', hold, true);
      window.removeEventListener('pointerup', release);
      window.removeEventListener('pointercancel', release);
    };
  }, [element]);

  const scrolls = useCallback(() => held.current || performance.now() - usedAt.current < momentum, []);
  const forget = useCallback(() => {
    usedAt.current = Number.NEGATIVE_INFINITY;
  }, []);
  return { scrolls, forget };
}
