import { afterEach } from 'vitest';
import { startTranslations } from '@/i18n';
import { cleanup, configure } from '@/testing';

void startTranslations('en');

// Time is for what never comes: on two busy cores a dialog can take seconds, and the default is one.
configure({ asyncUtilTimeout: 15_000 });

afterEach(cleanup);

// jsdom has none of these; components only need to be able to ask.
window.matchMedia = (query: string) =>
  ({
    matches: false,
    media: query,
    addEventListener: () => undefined,
    removeEventListener: () => undefined,
  }) as unknown as MediaQueryList;
globalThis.ResizeObserver ??= class {
  observe() {}
  unobserve() {}
  disconnect() {}
};
Element.prototype.scrollTo = () => undefined;
Element.prototype.scrollIntoView = () => undefined;
globalThis.CSS ??= { escape: (text: string) => text.replace(/[^\w-]/g, '\\$&') } as unknown as typeof CSS;
