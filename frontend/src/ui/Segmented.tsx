import { type KeyboardEvent, useRef, useState } from 'react';
import { classes } from './classes';
import { PressButton } from './PressButton';
import styles from './Segmented.module.css';

export interface SegmentedProps<Value extends string> {
  label: string;
  options: readonly { value: Value; label: string }[];
  value: Value;
  /** The options share the whole width. */
  fill?: boolean;
  className?: string;
  onChange: (value: Value) => void;
}

/** One of a few, side by side. It is one Tab stop; arrows go from one to the next, and pressing chooses. */
export function Segmented<Value extends string>({
  label,
  options,
  value,
  fill = false,
  className,
  onChange,
}: SegmentedProps<Value>) {
  const track = useRef<HTMLDivElement>(null);
  const [reached, setReached] = useState<Value>();
  const reachable = options.some((option) => option.value === reached) ? reached : value;

  function step(event: KeyboardEvent): void {
    const by = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (by === undefined || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    event.stopPropagation();
    const at = options.findIndex((option) => option.value === reachable);
    track.current?.querySelectorAll('button')[at + by]?.focus();
  }

  return (
    <div
      ref={track}
      className={classes(styles.track, fill && styles.fill, className)}
      role="radiogroup"
      aria-label={label}
      aria-orientation="horizontal"
      onKeyDownCapture={step}
    >
      {options.map((option) => (
        <PressButton
          key={option.value}
          className={styles.item}
          role="radio"
          aria-checked={option.value === value}
          tabIndex={option.value === reachable ? 0 : -1}
          onFocus={() => setReached(option.value)}
          onPress={() => {
            if (option.value !== value) onChange(option.value);
          }}
        >
          {option.label}
        </PressButton>
      ))}
    </div>
  );
}
