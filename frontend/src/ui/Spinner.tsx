import { classes } from './classes';
import styles from './Spinner.module.css';

/** Turns while something is at work. The words beside it say what. */
export function Spinner({ small = false }: { small?: boolean }) {
  return <span className={classes(styles.spinner, small && styles.small)} aria-hidden="true" />;
}
