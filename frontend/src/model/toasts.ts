import { createStore } from 'zustand/vanilla';

/** One sentence at the foot of the window, with at most one action. Errors are notes in their place, not toasts. */
export interface Toast {
  id: number;
  text: string;
  /** With `keys`, Ctrl Z does the same while the toast shows. */
  action?: { label: string; run: () => void; keys?: 'Ctrl Z' };
}

interface Toasts {
  current: Toast | undefined;
}

export const toasts = createStore<Toasts>()(() => ({ current: undefined }));

let last = 0;

/** Shows a sentence; it replaces the one before. */
export function showToast(text: string, action?: Toast['action']): void {
  last += 1;
  toasts.setState({ current: action ? { id: last, text, action } : { id: last, text } });
}

/** Takes a toast away, unless another has taken its place. */
export function endToast(id: number): void {
  if (toasts.getState().current?.id === id) toasts.setState({ current: undefined });
}
