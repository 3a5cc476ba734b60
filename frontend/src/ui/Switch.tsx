import type { ReactNode } from 'react';
import { Switch as AriaSwitch } from 'react-aria-components/Switch';
import { classes } from './classes';
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
    <AriaSwitch
      className={classes(styles.switch, className)}
      isSelected={selected}
      isDisabled={disabled}
      onChange={onChange}
    >
      <span className={styles.text}>
        <span className={styles.label}>{label}</span>
        {help && <span className={styles.help}>{help}</span>}
      </span>
      <span className={styles.track} aria-hidden="true" />
    </AriaSwitch>
  );
}
