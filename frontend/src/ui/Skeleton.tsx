import styles from './Skeleton.module.css';

/** A grey form where something is about to stand. */
export function Skeleton({ width, height, round = 6 }: { width: number | string; height: number; round?: number }) {
  return <span className={styles.skeleton} style={{ width, height, borderRadius: round }} aria-hidden="true" />;
}
