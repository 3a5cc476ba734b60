import type { ReactNode } from 'react';
import styles from './Chip.module.css';
import { classes } from './classes';

export interface ChipProps {
  kind?: 'plain' | 'ok' | 'accent' | 'warn' | 'bad';
  icon?: ReactNode;
  children: ReactNode;
}

/** A short fact in a pill: an icon and words, never colour alone. */
export function Chip({ kind = 'plain', icon, children }: ChipProps) {
  return (
    <span className={classes(styles.chip, kind !== 'plain' && styles[kind])}>
      {icon}
      {children}
    </span>
  );
}
