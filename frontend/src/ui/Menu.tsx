import {
  type KeyboardEvent,
  type ReactElement,
  type ReactNode,
  type Ref,
  useLayoutEffect,
  useRef,
  useState,
} from 'react';
import type { Box } from './anchor';
import { classes } from './classes';
import { Kbd } from './Kbd';
import styles from './Menu.module.css';
import { Popover } from './Popover';

export interface MenuEntry {
  id: string;
  label: string;
  icon?: ReactNode;
  /** The key that does the same. */
  keys?: string;
  danger?: boolean;
  run: () => void;
}

/** What a menu gives to the PressButton that opens it. */
export interface Opener {
  ref: Ref<HTMLButtonElement>;
  'aria-haspopup': 'menu';
  'aria-expanded': boolean;
  onKeyDown: (event: KeyboardEvent) => void;
  onPress: () => void;
}

export interface MenuProps {
  label: string;
  /** The PressButton that opens it. */
  trigger: (opener: Opener) => ReactElement;
  entries: MenuEntry[];
}

/** A button that opens a short list of actions. Destructive ones stand last. */
export function Menu({ label, trigger, entries }: MenuProps) {
  const opener = useRef<HTMLButtonElement>(null);
  const byKey = useRef(false);
  const [open, setOpen] = useState<{ at: Element; from: Start }>();
  const show = (from: Start) => {
    if (opener.current) setOpen({ at: opener.current, from });
  };
  return (
    <>
      {trigger({
        ref: opener,
        'aria-haspopup': 'menu',
        'aria-expanded': open !== undefined,
        onKeyDown: (event) => {
          byKey.current = event.key === 'Enter' || event.key === ' ';
          const from = starts[event.key];
          if (!from || event.altKey || event.ctrlKey || event.metaKey) return;
          event.preventDefault();
          event.stopPropagation();
          show(from);
        },
        onPress: () => {
          show(byKey.current ? 'first' : 'none');
          byKey.current = false;
        },
      })}
      {open && (
        <Popover
          label={label}
          at={open.at}
          wish={{ side: 'bottom', align: 'end', offset: 8 }}
          onClose={() => setOpen(undefined)}
        >
          <Entries label={label} entries={entries} from={open.from} onClose={() => setOpen(undefined)} />
        </Popover>
      )}
    </>
  );
}

export interface MenuAtProps {
  label: string;
  /** Where it stands: a point, or what it belongs to. */
  at: Box;
  entries: MenuEntry[];
  onClose: () => void;
}

/** The same list at a place of the window, for example under the pointer. It is open while it is rendered. */
export function MenuAt({ label, at, entries, onClose }: MenuAtProps) {
  return (
    <Popover
      label={label}
      at={at}
      wish={{ side: 'bottom', align: 'start', offset: at.height > 0 ? 4 : 0 }}
      onClose={onClose}
    >
      <Entries label={label} entries={entries} from="first" onClose={onClose} />
    </Popover>
  );
}

/** The entry that has the focus at first; none, and the list itself has it. */
type Start = 'first' | 'last' | 'none';

const starts: Readonly<Record<string, Start>> = { ArrowDown: 'first', ArrowUp: 'last' };

/** Letters that are pressed one after another within so many milliseconds are one word. */
const typing = 1000;

interface EntriesProps {
  label: string;
  entries: MenuEntry[];
  from: Start;
  onClose: () => void;
}

function Entries({ label, entries, from, onClose }: EntriesProps) {
  const list = useRef<HTMLDivElement>(null);
  const typed = useRef({ text: '', at: 0 });
  const items = () => [...(list.current?.querySelectorAll<HTMLElement>('[role="menuitem"]') ?? [])];

  useLayoutEffect(() => {
    const all = list.current?.querySelectorAll<HTMLElement>('[role="menuitem"]') ?? [];
    const first = from === 'first' ? all[0] : from === 'last' ? all[all.length - 1] : list.current;
    first?.focus({ preventScroll: true });
  }, [from]);

  function choose(entry: MenuEntry): void {
    // Closed first: what an entry opens then takes the focus for itself.
    onClose();
    entry.run();
  }

  /** The entry whose words begin with what was typed, from the one that has the focus on. */
  function find(letter: string, at: number): HTMLElement | undefined {
    const now = Date.now();
    const text = (now - typed.current.at < typing ? typed.current.text : '') + letter.toLowerCase();
    typed.current = { text, at: now };
    const from = text.length > 1 ? at : at + 1;
    const order = entries.map((_, step) => (Math.max(0, from) + step) % entries.length);
    const found = order.find((index) => entries[index]?.label.toLowerCase().startsWith(text));
    return found === undefined ? undefined : items()[found];
  }

  function onKeyDown(event: KeyboardEvent): void {
    if (event.altKey || event.ctrlKey || event.metaKey || event.nativeEvent.isComposing) return;
    const all = items();
    const at = all.indexOf(document.activeElement as HTMLElement);
    const entry = entries[at];
    const writes = typed.current.text !== '' && Date.now() - typed.current.at < typing;
    const step = { ArrowDown: at + 1, ArrowUp: at < 0 ? -1 : at - 1, Home: 0, End: -1 }[event.key];
    if (step !== undefined) all.at(step % all.length)?.focus();
    else if (entry && (event.key === 'Enter' || (event.key === ' ' && !writes))) {
      // Held, it is the press that opened the list.
      if (!event.repeat) choose(entry);
    } else if (event.key.length === 1) find(event.key, at)?.focus();
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  return (
    <div ref={list} role="menu" className={styles.menu} aria-label={label} tabIndex={-1} onKeyDown={onKeyDown}>
      {entries.map((entry) => (
        // biome-ignore lint/a11y/useKeyWithClickEvents: the list takes the keys.
        <div
          key={entry.id}
          role="menuitem"
          data-key={entry.id}
          tabIndex={-1}
          className={classes(styles.item, entry.danger && styles.danger)}
          onPointerMove={({ currentTarget }) => {
            if (currentTarget !== document.activeElement) currentTarget.focus({ preventScroll: true });
          }}
          onClick={() => choose(entry)}
        >
          {entry.icon}
          {entry.label}
          {entry.keys && <Kbd keys={entry.keys} className={styles.keys} />}
        </div>
      ))}
    </div>
  );
}
