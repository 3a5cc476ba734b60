import { type Ref, type RefObject, useImperativeHandle, useLayoutEffect, useRef, useState } from 'react';

/**
 * The ref of an element that takes the focus as it comes, when that is wanted then; its owner's ref holds it, too. The attribute
 * would be heeded for the first one of a page alone.
 */
export function useFirstFocus<Of extends HTMLElement>(wanted: boolean, owner?: Ref<Of>): RefObject<Of | null> {
  const element = useRef<Of>(null);
  const [first] = useState(wanted);
  useImperativeHandle(owner, () => element.current as Of, []);
  useLayoutEffect(() => {
    if (first) element.current?.focus();
  }, [first]);
  return element;
}

/** How often and after how long, in milliseconds, a place is looked for: it comes with the next view. */
const tries = 10;
const pause = 50;

/** Whether whatever had the focus is gone from the window. */
function lost(page: Document): boolean {
  return page.activeElement === null || page.activeElement === page.body;
}

/** Only what is seen can have the focus. */
const seen = (element: Element) => typeof element.checkVisibility !== 'function' || element.checkVisibility();

let wishes = 0;

/** Puts the focus on the best of several selectors that is there, when it was lost with the view that had it. A later wish takes the place of one that waits. */
export function focusWhenLost(selectors: string, left = tries, page = document): void {
  wishes += 1;
  const wish = wishes;
  const look = (more: number) =>
    setTimeout(() => {
      if (wish !== wishes) return;
      const element = selectors
        .split(', ')
        .flatMap((one) => [...page.querySelectorAll<HTMLElement>(one)])
        .find(seen);
      if (element && lost(page)) element.focus();
      else if (more > 1) look(more - 1);
    }, pause);
  look(left);
}

/** Puts the focus on what is being opened as soon as it is there, wherever a dialog that closes gives it back to. */
export function focusSoon(selector: string, left = 20): void {
  requestAnimationFrame(() => {
    const element = document.querySelector<HTMLElement>(selector);
    element?.focus();
    if (left > 0 && (!element || document.activeElement !== element)) focusSoon(selector, left - 1);
  });
}
