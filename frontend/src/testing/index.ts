// What tests use to draw a component and to act on it: Testing Library's queries and events, with Preact's `act` around them.
import * as dom from '@testing-library/dom';
import { options } from 'preact';
import { act as flush } from 'preact/test-utils';
import { createElement, type ReactElement, type ReactNode } from 'react';
import { createRoot } from 'react-dom/client';

export { configure, screen, waitFor, within } from '@testing-library/dom';

/** Runs something that changes what is drawn, and draws it, with its effects. */
export function act(run: () => Promise<unknown>): Promise<void>;
export function act(run: () => void): void;
export function act(run: () => unknown): unknown {
  return flush(run as () => void | Promise<void>);
}

// Nothing is painted here that effects would have to wait for.
options.requestAnimationFrame = queueMicrotask;

// The real one: a test may have replaced it by then.
const { setTimeout: later } = globalThis;

dom.configure({
  eventWrapper: (fire: () => unknown) => {
    let fired: unknown;
    act(() => {
      fired = fire();
    });
    return fired;
  },
  // What was waited for may have effects.
  asyncWrapper: async (wait: () => Promise<unknown>) => {
    const found = await wait();
    await new Promise((resolve) => later(resolve, 0));
    return found;
  },
});

const mounted = new Map<HTMLElement, () => void>();

/** Draws into the document, and hands out what draws something else there and what takes it away. */
export function render(what: ReactElement) {
  const container = document.body.appendChild(document.createElement('div'));
  const root = createRoot(container);
  const rerender = (next: ReactNode) => act(() => root.render(next));
  const unmount = () => act(() => root.unmount());
  mounted.set(container, unmount);
  rerender(what);
  return { container, rerender, unmount };
}

/** Calls a hook in a component that shows nothing. */
export function renderHook<Result>(hook: () => Result): { result: { current: Result } } {
  const result = {} as { current: Result };
  render(
    createElement(() => {
      result.current = hook();
      return null;
    }),
  );
  return { result };
}

const diffed = options.diffed?.bind(options);

/** Tells each time that a component of this name is drawn, until the test ends. */
export function watchDrawn(name: string, drawn: () => void): void {
  options.diffed = (node) => {
    diffed?.(node);
    if (typeof node.type === 'function' && node.type.name === name) drawn();
  };
}

/** Takes away all that is drawn. */
export function cleanup(): void {
  for (const [container, unmount] of mounted) {
    unmount();
    container.remove();
  }
  mounted.clear();
  if (diffed) options.diffed = diffed;
}

/** A control that is changed says `input` first, as in a browser. */
const change: typeof dom.fireEvent.change = (element, init) => {
  dom.fireEvent.input(element, init);
  return dom.fireEvent.change(element);
};

export const fireEvent = Object.assign(
  (...all: Parameters<typeof dom.fireEvent>) => dom.fireEvent(...all),
  dom.fireEvent,
  {
    change,
  },
);
