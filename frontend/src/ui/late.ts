import { useSyncExternalStore } from 'react';

export interface Late<Module> {
  /** Brings it, once; after a failure the next call tries again. */
  load: () => Promise<void>;
  /** In a component: the module as soon as it is there. */
  useLoaded: () => Module | undefined;
}

/**
 * A module that comes when it is needed. Unlike React.lazy, which keeps its fallback on screen for 300 ms however fast the
 * module came, it is there in the very next frame, and at once when it was loaded before.
 */
export function late<Module>(bring: () => Promise<Module>): Late<Module> {
  let loaded: Module | undefined;
  let loading: Promise<void> | undefined;
  const listeners = new Set<() => void>();
  const subscribe = (listener: () => void) => {
    listeners.add(listener);
    return () => listeners.delete(listener);
  };
  const load = () => {
    loading ??= bring().then(
      (module) => {
        loaded = module;
        for (const listener of listeners) listener();
      },
      (reason: unknown) => {
        loading = undefined;
        throw reason;
      },
    );
    return loading;
  };
  return { load, useLoaded: () => useSyncExternalStore(subscribe, () => loaded) };
}
