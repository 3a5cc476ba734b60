import type { ReactNode, Ref } from 'react';
import { classes } from './classes';
import styles from './IconButton.module.css';
import { PressButton } from './PressButton';

export interface IconButtonProps {
  /** What it does: the label and the tooltip. */
  label: string;
  /** Keys that do the same, shown in the tooltip. */
  keys?: string;
  children: ReactNode;
  size?: 'small' | 'normal';
  pressed?: boolean;
  className?: string;
  ref?: Ref<HTMLButtonElement>;
  onPress: () => void;
}

export function IconButton({
  label,
  keys,
  children,
  size = 'normal',
  pressed,
  className,
  ref,
  onPress,
}: IconButtonProps) {
  return (
    <PressButton
      {...(ref ? { ref } : {})}
      aria-label={label}
      aria-pressed={pressed}
      className={classes(styles.button, size === 'small' && styles.small, className)}
      hint={{ text: label, keys }}
      onPress={onPress}
    >
      {children}
    </PressButton>
  );
}
