import { focusSoon } from '@/ui';

/** Puts the focus into the field that finds people and messages. */
export function focusSearch(): void {
  const field = document.querySelector<HTMLInputElement>('[data-search]');
  field?.focus();
  field?.select();
}

/** Puts the focus into the list of conversations. */
export function focusList(): void {
  document.querySelector<HTMLElement>('[data-row]')?.focus();
}

/** Puts the focus into the message field, if there is one. */
export function focusComposer(): void {
  document.querySelector<HTMLTextAreaElement>('[data-composer]')?.focus();
}

/** Puts the focus into the message field of the conversation that opens now, as soon as it is there. */
export function focusComposerSoon(): void {
  focusSoon('[data-composer]');
}

const control = ':is(button, input, select, textarea):not([tabindex="-1"], [hidden])';

/** Where the focus goes when a pane is entered: to the first of these that is there. */
const entries: Record<string, readonly string[]> = {
  list: ['[data-row][tabindex="0"]', '[data-search]', control],
  main: ['[data-composer]', '[data-log]', '[data-results]', control],
};

/** Moves the focus to the next pane (list, conversation, details), or to the one before. */
export function cyclePanes(backwards: boolean): void {
  const panes = [...document.querySelectorAll<HTMLElement>('[data-pane]')];
  if (panes.length === 0) return;
  const at = panes.findIndex((pane) => pane.contains(document.activeElement));
  const next = panes[(at + (backwards ? -1 : 1) + panes.length) % panes.length];
  if (!next) return;
  for (const selector of entries[next.dataset.pane ?? ''] ?? [control]) {
    const target = next.querySelector<HTMLElement>(selector);
    if (target) {
      target.focus();
      return;
    }
  }
}
