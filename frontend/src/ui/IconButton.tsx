import type { ReactNode, Ref } from 'react';
import { Button as AriaButton } from 'react-aria-components/Button';
import { classes } from './classes';
import styles from './IconButton.module.css';
import { Tooltip } from './Tooltip';

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
    <Tooltip text={label} {...(keys ? { keys } : {})}>
      <AriaButton
        {...(ref ? { ref } : {})}
        aria-label={label}
        className={classes(styles.button, size === 'small' && styles.small, className)}
        render={(props) => <button {...props} aria-pressed={pressed} />}
        onPress={onPress}
      >
        {children}
      </AriaButton>
    </Tooltip>
  );
}
