import styles from './Progress.module.css';

export interface ProgressProps {
  /** What is done, for whoever cannot see it. */
  label: string;
  /** How far, in words. */
  value: string;
  /** 0 to 1; undefined when nobody knows how much there is. */
  part: number | undefined;
}

/** How far something is that takes longer than a moment. */
export function Progress({ label, value, part }: ProgressProps) {
  const known = part !== undefined;
  return (
    <div
      role="progressbar"
      className={styles.progress}
      aria-label={label}
      aria-valuetext={value}
      {...(known ? { 'aria-valuenow': Math.min(part, 1), 'aria-valuemin': 0, 'aria-valuemax': 1 } : {})}
    >
      <div className={styles.track}>
        <div
          className={styles.fill}
          data-unknown={!known}
          style={known ? { inlineSize: `${part * 100}%` } : undefined}
        />
      </div>
      <span className={styles.value}>{value}</span>
    </div>
  );
}
