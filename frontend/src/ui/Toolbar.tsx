import { type ComponentPropsWithRef, type KeyboardEvent, useRef } from 'react';
import { tabStops } from './tabStops';

/** Buttons side by side. They are one Tab stop, which is the button that had the focus last; arrows go from one to the next. */
export function Toolbar({ children, ...rest }: ComponentPropsWithRef<'div'>) {
  const last = useRef<HTMLElement>(null);

  function onKeyDown(event: KeyboardEvent<HTMLElement>): void {
    const bar = event.currentTarget;
    if (event.altKey || event.ctrlKey || event.metaKey || !bar.contains(event.target as Node)) return;
    const stops = tabStops(bar);
    const at = stops.indexOf(document.activeElement as HTMLElement);
    if (event.key === 'Tab') {
      // From its end the system goes on to what comes after all of them.
      last.current = stops[at] ?? null;
      stops.at(event.shiftKey ? 0 : -1)?.focus();
      return;
    }
    const step = getComputedStyle(bar).direction === 'rtl' ? -1 : 1;
    const next = { ArrowRight: at + step, ArrowLeft: at - step }[event.key];
    if (next === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    if (next >= 0) stops[next]?.focus();
  }

  return (
    <div
      {...rest}
      role="toolbar"
      aria-orientation="horizontal"
      onKeyDownCapture={onKeyDown}
      onFocus={(event) => {
        if (event.currentTarget.contains(event.relatedTarget) || !last.current?.isConnected) return;
        last.current.focus();
        last.current = null;
      }}
    >
      {children}
    </div>
  );
}
