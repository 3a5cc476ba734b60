import type { ReactNode } from 'react';
import styles from './Card.module.css';
import { classes } from './classes';

/** A raised ground with a hairline. */
export function Card({ children, className }: { children: ReactNode; className?: string | undefined }) {
  return <div className={classes(styles.card, className)}>{children}</div>;
}
