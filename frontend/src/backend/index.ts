import type { Backend } from './api';

export type { Backend } from './api';
export { BackendError, toBackendError } from './error';
export type * from './types';

let current: Backend | undefined;

/** Sets the backend that the whole interface talks to; once, before the first paint (and by tests). */
export function setBackend(backend: Backend): void {
  current = backend;
}

/** The backend of this window. */
export function backend(): Backend {
  if (!current) throw new Error('no backend was set');
  return current;
}
