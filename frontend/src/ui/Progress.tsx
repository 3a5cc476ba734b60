import { ProgressBar } from 'react-aria-components/ProgressBar';
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
    <ProgressBar
      aria-label={label}
      valueLabel={value}
      className={styles.progress ?? ''}
      {...(known ? { value: Math.min(part, 1), maxValue: 1 } : { isIndeterminate: true })}
    >
      <div className={styles.track}>
        <div
          className={styles.fill}
          data-unknown={!known}
          style={known ? { inlineSize: `${part * 100}%` } : undefined}
        />
      </div>
      <span className={styles.value}>{value}</span>
    </ProgressBar>
  );
}
