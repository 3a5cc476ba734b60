import { type KeyboardEvent, type RefObject, useLayoutEffect, useRef, useState } from 'react';
import { tabStops } from './tabStops';

/** What stands over the window and has the focus until it goes. */
interface Layer {
  element: HTMLElement;
  /** Where the focus goes back to: the first that is still there. */
  back: readonly HTMLElement[];
}

const layers: Layer[] = [];

/** How many layers hold a part of the window still. */
const held = new Map<Element, number>();
const still = 'inert' in HTMLElement.prototype ? 'inert' : 'aria-hidden';

/** Holds everything beside a layer still: no press, no focus and no screen reader reaches it. */
function holdOthers(layer: HTMLElement): () => void {
  const others = [...document.body.children].filter((other) => !other.contains(layer));
  for (const other of others) {
    const before = held.get(other) ?? 0;
    held.set(other, before + 1);
    if (before === 0) other.setAttribute(still, still === 'inert' ? '' : 'true');
  }
  return () => {
    for (const other of others) {
      const left = (held.get(other) ?? 1) - 1;
      if (left > 0) held.set(other, left);
      else {
        held.delete(other);
        other.removeAttribute(still);
      }
    }
  };
}

/** Where the focus is, and where it goes if that is gone by then. */
function placesOfFocus(): readonly HTMLElement[] {
  const { activeElement } = document;
  if (!(activeElement instanceof HTMLElement) || activeElement === document.body) return [];
  const below = layers.findLast(({ element }) => element.contains(activeElement));
  return [activeElement, ...(below?.back ?? [])];
}

function hasNoFocus(): boolean {
  return document.activeElement === null || document.activeElement === document.body;
}

/** Gives the focus back, unless something else took it meanwhile. */
function giveBack({ element, back }: Layer): void {
  if (layers.some((layer) => layer.element === element)) return;
  if (!hasNoFocus() && !element.contains(document.activeElement)) return;
  back.find((one) => one.isConnected && !one.closest(`[${still}]`))?.focus({ preventScroll: true });
}

/**
 * Makes an element at the end of the page a layer over the window as long as it is rendered: the rest holds still, the
 * focus stays inside and goes back at the end, and Esc closes it. `inside` takes the focus when nothing in it did.
 */
export function useLayer(
  ref: RefObject<HTMLElement | null>,
  inside: RefObject<HTMLElement | null>,
  onClose: () => void,
): { onKeyDown: (event: KeyboardEvent) => void } {
  const [back] = useState(placesOfFocus);
  const close = useRef(onClose);
  useLayoutEffect(() => {
    close.current = onClose;
  });
  useLayoutEffect(() => {
    const element = ref.current;
    if (!element) return;
    const layer = { element, back };
    const release = holdOthers(element);
    layers.push(layer);
    if (!element.contains(document.activeElement)) inside.current?.focus({ preventScroll: true });
    const onFocusOut = ({ target, relatedTarget }: FocusEvent) => {
      if (relatedTarget !== null) return;
      requestAnimationFrame(() => {
        // A press beside it, or what had the focus went.
        if (!hasNoFocus() || layers.at(-1) !== layer) return;
        const last = target instanceof HTMLElement && target.isConnected ? target : inside.current;
        last?.focus({ preventScroll: true });
      });
    };
    // WebKit does not say that what had the focus went: nothing in the layer would hear the keys then.
    const onKeyBeside = (event: globalThis.KeyboardEvent) => {
      if (!hasNoFocus() || layers.at(-1) !== layer) return;
      inside.current?.focus({ preventScroll: true });
      if (event.key !== 'Escape' || event.isComposing) return;
      event.preventDefault();
      event.stopPropagation();
      close.current();
    };
    element.addEventListener('focusout', onFocusOut);
    document.addEventListener('keydown', onKeyBeside, true);
    return () => {
      element.removeEventListener('focusout', onFocusOut);
      document.removeEventListener('keydown', onKeyBeside, true);
      layers.splice(layers.indexOf(layer), 1);
      release();
      requestAnimationFrame(() => giveBack(layer));
    };
  }, [ref, inside, back]);

  return {
    onKeyDown: (event) => {
      if (event.key === 'Tab' && !event.altKey && !event.ctrlKey && !event.metaKey) goRound(event);
      if (event.key !== 'Escape' || event.nativeEvent.isComposing) return;
      event.stopPropagation();
      event.preventDefault();
      onClose();
    },
  };
}

/** Tab goes from the last to the first, and back. */
function goRound(event: KeyboardEvent): void {
  const stops = tabStops(event.currentTarget);
  const { activeElement } = document;
  const at = stops.indexOf(activeElement as HTMLElement);
  const next = event.shiftKey ? (at <= 0 ? stops.at(-1) : undefined) : at === stops.length - 1 ? stops[0] : undefined;
  event.stopPropagation();
  if (stops.length === 0) event.preventDefault();
  if (!next) return;
  event.preventDefault();
  next.focus();
}

/** Lets something come as its style for `data-entering` says. */
export function useEntering(ref: RefObject<HTMLElement | null>): void {
  useLayoutEffect(() => {
    const element = ref.current;
    if (!element) return;
    element.dataset.entering = '';
    element.getBoundingClientRect(); // the style from which it comes is computed here
    delete element.dataset.entering;
  }, [ref]);
}
