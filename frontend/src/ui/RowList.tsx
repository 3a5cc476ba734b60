import { type FocusEvent, type KeyboardEvent, type ReactNode, type Ref, useRef, useState } from 'react';
import { tabStops } from './tabStops';

export interface RowListProps {
  label: string;
  className?: string | undefined;
  ref?: Ref<HTMLDivElement>;
  /** Each with its own key; `className` is that of the row. */
  rows: readonly { id: string; label: string; className?: string; content: ReactNode }[];
}

/** Rows with buttons in them. They are one Tab stop: up and down go from row to row, left and right into one. */
export function RowList({ label, className, ref, rows }: RowListProps) {
  const [current, setCurrent] = useState('');
  const pointed = useRef(false);
  const reachable = rows.some(({ id }) => id === current) ? current : rows[0]?.id;

  function rowOf(list: Element, id: string | undefined): HTMLElement | null {
    return id === undefined ? null : list.querySelector<HTMLElement>(`[data-key="${CSS.escape(id)}"]`);
  }

  function onKeyDown(event: KeyboardEvent<HTMLElement>): void {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    const list = event.currentTarget;
    if (event.key === 'Tab') {
      // From its end the system goes on to what comes after all of them.
      tabStops(list)
        .at(event.shiftKey ? 0 : -1)
        ?.focus();
      return;
    }
    const at = rows.findIndex(({ id }) => id === reachable);
    const row = rowOf(list, reachable);
    if (!row) return;
    const places = [row, ...tabStops(row)];
    const place = places.indexOf(document.activeElement as HTMLElement);
    const step = getComputedStyle(list).direction === 'rtl' ? -1 : 1;
    const inside = { ArrowRight: place + step, ArrowLeft: place - step }[event.key];
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: rows.length - 1 }[event.key];
    if (inside !== undefined) places.at(inside % places.length)?.focus();
    else if (to !== undefined) rowOf(list, rows[to]?.id)?.focus();
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  function onFocus(event: FocusEvent<HTMLElement>): void {
    const list = event.currentTarget;
    const row = event.target.closest<HTMLElement>('[data-key]');
    // Whoever comes by Tab comes to the row that had the focus last.
    if (!pointed.current && !list.contains(event.relatedTarget)) rowOf(list, reachable)?.focus();
    else if (row?.dataset.key !== undefined) setCurrent(row.dataset.key);
  }

  return (
    <div
      ref={ref}
      role="grid"
      aria-label={label}
      className={className}
      onKeyDownCapture={onKeyDown}
      onFocus={onFocus}
      onPointerDownCapture={() => {
        pointed.current = true;
      }}
      onPointerUpCapture={() => {
        pointed.current = false;
      }}
    >
      {rows.map(({ id, label: name, className: look, content }) => (
        <div key={id} role="row" aria-label={name} data-key={id} className={look} tabIndex={id === reachable ? 0 : -1}>
          {/* biome-ignore lint/a11y/useFocusableInteractive: its row and what is in it have the focus. */}
          <div role="gridcell">{content}</div>
        </div>
      ))}
    </div>
  );
}
