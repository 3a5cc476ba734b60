import styles from './Badge.module.css';
import { classes } from './classes';

/** A count. It is hidden from screen readers: the row it stands in says it in words. */
export function Badge({ count, className }: { count: number; className?: string | undefined }) {
  return (
    <span className={classes(styles.badge, className)} aria-hidden="true">
      {count > 999 ? '999+' : count}
    </span>
  );
}
