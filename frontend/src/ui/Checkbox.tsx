import type { ReactNode } from 'react';
import { checkedNow } from './controlled';
import hidden from './Hidden.module.css';

export interface CheckboxProps {
  selected: boolean;
  className?: string | undefined;
  /** Its words, and its drawing: `:has(:checked)` and `:has(:focus-visible)` are its states. */
  children: ReactNode;
  onChange: (selected: boolean) => void;
}

/** A box that is checked, drawn by what it is for. */
export function Checkbox({ selected, className, children, onChange }: CheckboxProps) {
  return (
    <label className={className}>
      <input
        type="checkbox"
        className={hidden.hidden}
        checked={selected}
        onChange={(event) => onChange(checkedNow(event.target, selected))}
      />
      {children}
    </label>
  );
}
