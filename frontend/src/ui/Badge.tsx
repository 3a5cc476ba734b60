import styles from './Badge.module.css';
import { classes } from './classes';

/** A count. It is hidden from screen readers: the row it stands in says it in words. */
export function Badge({
  count,
  quiet = false,
  className,
}: {
  /** 0: only that there is something. */
  count: number;
  /** It asks for nothing. */
  quiet?: boolean;
  className?: string | undefined;
}) {
  return (
    <span
      className={classes(styles.badge, quiet && styles.quiet, count === 0 && styles.dot, className)}
      aria-hidden="true"
    >
      {count === 0 ? '' : count > 999 ? '999+' : count}
    </span>
  );
}
