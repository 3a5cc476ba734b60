import { type ComponentType, type LazyExoticComponent, lazy } from 'react';

/** How long it takes until what did not come is asked for again, in milliseconds. */
const pause = 1000;

// A style sheet that failed is not asked for again by whoever brings the part again: it believes that the sheet is there.
const missing = new Set<string>();
window.addEventListener(
  'error',
  ({ target }) => {
    if (target instanceof HTMLLinkElement && target.rel === 'stylesheet') missing.add(target.href);
  },
  true,
);

function bringSheet(href: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const link = document.createElement('link');
    link.rel = 'stylesheet';
    link.href = href;
    link.onload = () => {
      missing.delete(href);
      resolve();
    };
    link.onerror = () => reject(new Error('a style sheet did not come'));
    document.head.append(link);
  });
}

/** Brings a part of the program however often it must be asked for: the program may be away, and comes back. */
export async function bring<Module>(load: () => Promise<Module>): Promise<Module> {
  for (;;) {
    try {
      const module = await load();
      await Promise.all([...missing].map(bringSheet));
      return module;
    } catch {
      await new Promise((resolve) => setTimeout(resolve, pause));
    }
  }
}

/** A component that comes when it is first shown, and sooner or later does. */
export function part<Props>(
  load: () => Promise<{ default: ComponentType<Props> }>,
): LazyExoticComponent<ComponentType<Props>> {
  return lazy(() => bring(load));
}
