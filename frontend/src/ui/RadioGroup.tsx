import { createContext, type ReactNode, useContext, useId } from 'react';
import { classes } from './classes';
import { holdRadios } from './controlled';
import hidden from './Hidden.module.css';
import styles from './RadioGroup.module.css';

interface Choice {
  name: string;
  value: string;
  onChange: (value: string) => void;
}

const Chosen = createContext<Choice>({ name: '', value: '', onChange: () => undefined });

export interface RadioGroupProps {
  label: string;
  value: string;
  className?: string | undefined;
  children: ReactNode;
  onChange: (value: string) => void;
}

/** One of a few that are drawn. It is one Tab stop, and arrows choose. */
export function RadioGroup({ label, value, className, children, onChange }: RadioGroupProps) {
  const name = useId();
  return (
    <div role="radiogroup" aria-label={label} className={className}>
      <Chosen value={{ name, value, onChange }}>{children}</Chosen>
    </div>
  );
}

export interface RadioProps {
  value: string;
  /** Its name, when no words in it are. */
  label?: string;
  className?: string | undefined;
  children?: ReactNode;
}

/** The drawing of one of them; `:has(:checked)` and `:has(:focus-visible)` are its states. */
export function Radio({ value, label, className, children }: RadioProps) {
  const chosen = useContext(Chosen);
  return (
    <label className={classes(styles.radio, className)}>
      <input
        type="radio"
        className={hidden.hidden}
        name={chosen.name}
        value={value}
        checked={value === chosen.value}
        aria-label={label}
        onChange={(event) => {
          holdRadios(event.target, chosen.value);
          chosen.onChange(value);
        }}
      />
      {children}
    </label>
  );
}
