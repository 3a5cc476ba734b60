import { type KeyboardEvent, type Ref, useImperativeHandle, useRef, useState } from 'react';
import type { Emoji } from './data';
import styles from './Emoji.module.css';
import { inTone } from './tone';

/** So many stand in a row; Emoji.module.css makes room for them. */
export const columns = 8;
/** PageUp and PageDown go so many rows. */
const pageRows = 5;

export interface GridHandle {
  /** Puts the focus where it was in the grid, or on the first. */
  focus: () => void;
}

export interface GridProps {
  ref?: Ref<GridHandle>;
  label: string;
  list: readonly Emoji[];
  tone: number;
  name: (one: Emoji) => string;
  /** With Shift, more are to come. */
  onPick: (one: Emoji, more: boolean) => void;
  onPoint: (one: Emoji | undefined) => void;
  /** Up from the first row. */
  onLeave: () => void;
  /** A key that means nothing here. */
  onKey: (event: KeyboardEvent) => void;
}

/** Where a key goes from a place in the list; undefined for other keys, -1 above the first row. */
export function stepped(key: string, ctrl: boolean, at: number, count: number): number | undefined {
  const start = at - (at % columns);
  const last = count - 1;
  switch (key) {
    case 'ArrowRight':
      return Math.min(at + 1, last);
    case 'ArrowLeft':
      return Math.max(at - 1, 0);
    case 'ArrowDown':
      // From a row above a shorter last one it goes to its end.
      return start + columns > last ? at : Math.min(at + columns, last);
    case 'ArrowUp':
      return at - columns < 0 ? -1 : at - columns;
    case 'PageDown':
      return Math.min(at + pageRows * columns, last);
    case 'PageUp':
      return Math.max(at - pageRows * columns, 0);
    case 'Home':
      return ctrl ? 0 : start;
    case 'End':
      return ctrl ? last : Math.min(start + columns - 1, last);
    default:
      return undefined;
  }
}

/** Emoji in rows. It is one Tab stop; arrows go from one to the next. */
export function Grid({ ref, label, list, tone, name, onPick, onPoint, onLeave, onKey }: GridProps) {
  const [active, setActive] = useState(0);
  const root = useRef<HTMLDivElement>(null);
  const focusOn = (at: number) => root.current?.querySelectorAll('button')[at]?.focus();
  useImperativeHandle(ref, () => ({ focus: () => focusOn(active) }), [active]);

  function onKeyDown(event: KeyboardEvent): void {
    if (event.nativeEvent.isComposing) return;
    const next = event.altKey || event.metaKey ? undefined : stepped(event.key, event.ctrlKey, active, list.length);
    if (next === undefined) {
      onKey(event);
      return;
    }
    event.preventDefault();
    if (next < 0) onLeave();
    else focusOn(next);
  }

  const rows = Array.from({ length: Math.ceil(list.length / columns) }, (_, row) => row * columns);
  return (
    <div ref={root} className={styles.grid} role="grid" aria-label={label} onKeyDown={onKeyDown}>
      {rows.map((from) => (
        // biome-ignore lint/a11y/useFocusableInteractive: the focus is on the buttons in it.
        <div key={from} className={styles.row} role="row">
          {list.slice(from, from + columns).map((one, column) => (
            // biome-ignore lint/a11y/useFocusableInteractive: the focus is on its button.
            <div key={one.emoji} role="gridcell">
              <button
                type="button"
                className={styles.one}
                tabIndex={from + column === active ? 0 : -1}
                aria-label={name(one)}
                onFocus={() => {
                  setActive(from + column);
                  onPoint(one);
                }}
                onPointerEnter={() => onPoint(one)}
                onClick={(event) => {
                  onPick(one, event.shiftKey);
                  // Where the text was put may have taken the focus.
                  if (event.shiftKey) event.currentTarget.focus();
                }}
              >
                {inTone(one, tone)}
              </button>
            </div>
          ))}
        </div>
      ))}
    </div>
  );
}
