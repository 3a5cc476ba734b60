import { ChevronDown } from 'lucide-react';
import { useId } from 'react';
import { classes } from './classes';
import { chosenNow } from './controlled';
import { useFirstFocus } from './focus';
import styles from './Select.module.css';

export interface SelectProps<Value extends string> {
  label: string;
  /** Only for screen readers: the label is plain from the place. */
  labelHidden?: boolean;
  options: readonly { value: Value; label: string; lang?: string }[];
  value: Value;
  className?: string | undefined;
  autoFocus?: boolean;
  /** The id of words that explain it. */
  describedBy?: string;
  onChange: (value: Value) => void;
}

/** One of several, in the system's own list. */
export function Select<Value extends string>({
  label,
  labelHidden = false,
  options,
  value,
  className,
  autoFocus = false,
  describedBy,
  onChange,
}: SelectProps<Value>) {
  const id = useId();
  const place = useFirstFocus<HTMLSelectElement>(autoFocus);
  return (
    <div className={classes(styles.field, className)}>
      {!labelHidden && (
        <label className={styles.label} htmlFor={id}>
          {label}
        </label>
      )}
      <span className={styles.box}>
        <select
          ref={place}
          id={id}
          className={styles.select}
          value={value}
          {...(labelHidden ? { 'aria-label': label } : {})}
          aria-describedby={describedBy}
          onChange={(event) => {
            const now = chosenNow(event.target, value);
            const chosen = options.find((option) => option.value === now);
            if (chosen) onChange(chosen.value);
          }}
        >
          {options.map((option) => (
            <option key={option.value} value={option.value} lang={option.lang}>
              {option.label}
            </option>
          ))}
        </select>
        <ChevronDown className={styles.arrow} size={16} strokeWidth={2} aria-hidden="true" />
      </span>
    </div>
  );
}
