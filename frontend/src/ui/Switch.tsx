import type { ReactNode } from 'react';
import { classes } from './classes';
import { checkedNow } from './controlled';
import hidden from './Hidden.module.css';
import styles from './Switch.module.css';

export interface SwitchProps {
  label: string;
  help?: ReactNode;
  selected: boolean;
  disabled?: boolean;
  className?: string;
  onChange: (selected: boolean) => void;
}

/** A choice that holds at once: words on the left, the switch at the end of the row. */
export function Switch({ label, help, selected, disabled = false, className, onChange }: SwitchProps) {
  return (
    <label className={classes(styles.switch, className)}>
      <input
        type="checkbox"
        role="switch"
        className={hidden.hidden}
        checked={selected}
        aria-checked={selected}
        disabled={disabled}
        onChange={(event) => onChange(checkedNow(event.target, selected))}
      />
      <span className={styles.text}>
        <span className={styles.label}>{label}</span>
        {help && <span className={styles.help}>{help}</span>}
      </span>
      <span className={styles.track} aria-hidden="true" />
    </label>
  );
}
