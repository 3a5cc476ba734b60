import type { ReactNode } from 'react';
import { Card, classes } from '@/ui';
import styles from './Parts.module.css';

/** The name of a page and what it is about. */
export function PageHead({ title, children }: { title: string; children?: ReactNode }) {
  return (
    <div>
      <h1 id="settings-page">{title}</h1>
      {children && <p className={styles.about}>{children}</p>}
    </div>
  );
}

/** A group of settings with its name, and perhaps a fact at the end of that line. */
export function Group({ title, fact, children }: { title: string; fact?: ReactNode; children: ReactNode }) {
  return (
    <section className={styles.group} aria-label={title}>
      <div className={styles.groupHead}>
        <h2 className={styles.groupTitle}>{title}</h2>
        {fact && (
          <span className={styles.fact} role="status">
            {fact}
          </span>
        )}
      </div>
      {children}
    </section>
  );
}

/** Settings one under the other. */
export function Rows({ children }: { children: ReactNode }) {
  return <Card className={styles.rows}>{children}</Card>;
}

export interface RowProps {
  icon?: ReactNode;
  title: string;
  help?: ReactNode;
  children?: ReactNode;
  className?: string | undefined;
}

/** One setting: what it is on the left, its control at the end. */
export function Row({ icon, title, help, children, className }: RowProps) {
  return (
    <div className={classes(styles.row, className)}>
      {icon && <span className={styles.icon}>{icon}</span>}
      <div className={styles.text}>
        <b className={styles.rowTitle}>{title}</b>
        {help && <span className={styles.help}>{help}</span>}
      </div>
      {children}
    </div>
  );
}
