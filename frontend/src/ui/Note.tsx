import type { ReactNode } from 'react';
import { classes } from './classes';
import styles from './Note.module.css';

export interface NoteProps {
  kind?: 'plain' | 'ok' | 'accent' | 'warn' | 'bad';
  icon?: ReactNode;
  children: ReactNode;
  action?: ReactNode;
  /** alert is said at once, status when there is a pause. Errors of something the person did are alerts. */
  role?: 'alert' | 'status';
  className?: string;
}

/** What a person must know, where it matters: an icon, a sentence, at most one action. */
export function Note({ kind = 'plain', icon, children, action, role, className }: NoteProps) {
  return (
    <div className={classes(styles.note, kind !== 'plain' && styles[kind], className)} role={role}>
      {icon && <span className={styles.icon}>{icon}</span>}
      <div className={styles.text}>{children}</div>
      {action && <div className={styles.action}>{action}</div>}
    </div>
  );
}
