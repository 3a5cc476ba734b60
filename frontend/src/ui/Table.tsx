import { ArrowDown, ArrowUp } from 'lucide-react';
import type { ComponentPropsWithoutRef, KeyboardEvent, ReactNode } from 'react';
import { Card } from './Card';
import { classes } from './classes';
import { DotsMenu, type DotsMenuProps } from './DotsMenu';
import styles from './Table.module.css';

export interface TableProps extends ComponentPropsWithoutRef<'table'> {
  label: string;
  /** Rows as high as faces need. */
  tall?: boolean;
}

/** Rows on a raised ground, which scrolls sideways where they are wider. */
export function Table({ label, tall, className, ...rest }: TableProps) {
  return (
    <Card className={styles.ground}>
      <table {...rest} className={classes(styles.table, tall && styles.tall, className)} aria-label={label} />
    </Card>
  );
}

export interface SortHeadProps {
  children: ReactNode;
  numeric?: boolean;
  sorted: 'ascending' | 'descending' | 'none';
  onPress: () => void;
}

/** The head of a column, which sorts by it. */
export function SortHead({ children, numeric, sorted, onPress }: SortHeadProps) {
  const Arrow = sorted === 'descending' ? ArrowDown : ArrowUp;
  return (
    <th scope="col" className={classes(numeric && styles.number)} aria-sort={sorted}>
      <button type="button" className={styles.sort} onClick={onPress}>
        {children}
        {sorted !== 'none' && <Arrow size={12} strokeWidth={2} aria-hidden="true" />}
      </button>
    </th>
  );
}

/** The head of a column of numbers. */
export function NumberHead({ children }: { children: ReactNode }) {
  return (
    <th scope="col" className={styles.number}>
      {children}
    </th>
  );
}

/** A number, under those above it. */
export function NumberCell({ children }: { children: ReactNode }) {
  return <td className={styles.number}>{children}</td>;
}

/** The last cell of a row: what can be done with it. */
export function OptionsCell(props: DotsMenuProps) {
  return (
    <td className={styles.options}>
      <DotsMenu {...props} />
    </td>
  );
}

/** Gives the focus to a row by its place, or to the nearest that is there. */
export function focusRow(body: Element | null, place: number): void {
  const last = (body?.children.length ?? 0) - 1;
  (body?.children[Math.max(0, Math.min(place, last))] as HTMLElement | undefined)?.focus();
}

/** What keys do in a row that has the focus: they move among rows and to its button; `own` is the table's. */
export function pressInRow(event: KeyboardEvent, own: { key: string; press: () => void }): void {
  const row = event.currentTarget;
  const body = row.parentElement;
  if (event.target !== row || !body || event.ctrlKey || event.metaKey || event.altKey) return;
  const place = Array.from(body.children).indexOf(row);
  const moves: Record<string, number> = {
    ArrowDown: place + 1,
    ArrowUp: place - 1,
    Home: 0,
    End: body.children.length - 1,
    PageDown: place + 10,
    PageUp: place - 10,
  };
  const to = moves[event.key];
  if (to !== undefined) focusRow(body, to);
  else if (event.key === own.key) own.press();
  else if (event.key === 'ArrowRight' || event.key === 'Enter') row.querySelector<HTMLElement>('button')?.focus();
  else return;
  event.preventDefault();
}
