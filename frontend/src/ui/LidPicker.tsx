import { classes } from './classes';
import styles from './LidPicker.module.css';
import { Radio, RadioGroup } from './RadioGroup';

export interface LidPickerProps {
  label: string;
  /** What the eight colours are called, in order. */
  names: readonly string[];
  value: number;
  large?: boolean;
  className?: string | undefined;
  onChange: (color: number) => void;
}

const colors = [1, 2, 3, 4, 5, 6, 7, 8];

/** One of the eight enamels. */
export function LidPicker({ label, names, value, large = false, className, onChange }: LidPickerProps) {
  return (
    <RadioGroup
      className={classes(styles.group, large && styles.large, className)}
      label={label}
      value={String(value)}
      onChange={(chosen) => onChange(Number(chosen))}
    >
      {colors.map((color) => (
        <Radio
          key={color}
          value={String(color)}
          className={classes(styles.dot, styles[`c${color}`])}
          label={names[color - 1] ?? String(color)}
        />
      ))}
    </RadioGroup>
  );
}
