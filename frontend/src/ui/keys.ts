import { onMac } from './Kbd';

/**
 * The keys that work anywhere in the window, each the first that is shown and others that do the same. The handlers ask this
 * table, and so do the hints and the page that lists them: a key that is not in it does nothing. Ctrl is ⌘ on macOS.
 */
export const keysAnywhere = {
  switcher: ['Ctrl K'],
  searchHere: ['Ctrl F'],
  searchAll: ['Ctrl Shift F'],
  add: ['Ctrl N', 'Ctrl Shift A'],
  nextUnread: ['Alt Shift ArrowDown'],
  previous: ['Alt ArrowUp'],
  next: ['Alt ArrowDown'],
  pinned: ['Ctrl 1', 'Ctrl 2', 'Ctrl 3', 'Ctrl 4', 'Ctrl 5', 'Ctrl 6', 'Ctrl 7', 'Ctrl 8', 'Ctrl 9'],
  details: ['Ctrl I'],
  verify: ['Ctrl Shift V'],
  network: ['Ctrl Shift N'],
  settings: ['Ctrl ,'],
  shortcuts: ['Ctrl /'],
  panes: ['F6'],
  panesBack: ['Shift F6'],
  larger: ['Ctrl +', 'Ctrl ='],
  smaller: ['Ctrl -'],
  usualSize: ['Ctrl 0'],
  close: ['Escape'],
} as const satisfies Record<string, readonly string[]>;

/** While a toast offers to undo. */
export const keysOfToast = { undo: ['Ctrl Z'] } as const;

export type KeyAnywhere = keyof typeof keysAnywhere;

/** What is asked of a key event. */
export interface KeyPress {
  key: string;
  ctrlKey: boolean;
  metaKey: boolean;
  altKey: boolean;
  shiftKey: boolean;
}

/** Whether an event is one of some keys, no modifier more or less; a sign like "," may need Shift on some keyboards. */
export function isPressed(event: KeyPress, keys: readonly string[]): boolean {
  return keys.some((combination) => {
    const parts = combination.split(' ');
    const key = parts.pop() ?? '';
    const sign = key.length === 1 && !/[a-z]/i.test(key);
    return (
      event.key.toLowerCase() === (key === 'Space' ? ' ' : key.toLowerCase()) &&
      (onMac ? event.metaKey : event.ctrlKey) === parts.includes('Ctrl') &&
      !(onMac ? event.ctrlKey : event.metaKey) &&
      event.altKey === parts.includes('Alt') &&
      (sign || event.shiftKey === parts.includes('Shift'))
    );
  });
}
