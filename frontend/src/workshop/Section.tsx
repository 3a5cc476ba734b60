import type { ReactNode } from 'react';
import styles from './Workshop.module.css';

/** A part of the workshop; its name is what a kept picture is called. */
export function Section({ name, title, children }: { name: string; title: string; children: ReactNode }) {
  return (
    <section className={styles.section} data-picture={name} aria-label={title}>
      <h2>{title}</h2>
      {children}
    </section>
  );
}

/** Samples beside (or with `stacked` under) one another, and what they show. */
export function Row({ label, stacked = false, children }: { label: string; stacked?: boolean; children: ReactNode }) {
  return (
    <div className={styles.row}>
      <span className={styles.label}>{label}</span>
      <div className={stacked ? styles.stacked : styles.samples}>{children}</div>
    </div>
  );
}
