import { focusWhenLost } from '@/ui';

/** How often it is looked, every 50 ms: the row goes when the backend said so. */
const tries = 60;

/** Where the focus goes when a row took it along: the row may be in another part of the list now, or in none. */
export function focusRow(conversation: string): void {
  const row = `[data-row="${CSS.escape(conversation)}"]`;
  focusWhenLost(`${row}, [data-row][tabindex="0"], [data-search], [data-pane="list"] button`, tries);
}
