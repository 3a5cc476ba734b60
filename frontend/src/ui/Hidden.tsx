import type { ReactNode } from 'react';
import styles from './Hidden.module.css';

/** Words for screen readers only. With `live` they are said when they change. */
export function Hidden({ children, id, live = false }: { children: ReactNode; id?: string; live?: boolean }) {
  return (
    <span className={styles.hidden} id={id} role={live ? 'status' : undefined}>
      {children}
    </span>
  );
}
