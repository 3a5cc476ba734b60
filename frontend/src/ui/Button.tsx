import { type ReactNode, type Ref, useId } from 'react';
import styles from './Button.module.css';
import { classes } from './classes';
import { useFirstFocus } from './focus';
import { Hidden } from './Hidden';
import { PressButton } from './PressButton';
import { Spinner } from './Spinner';

export interface ButtonProps {
  children: ReactNode;
  /** primary is the one gold button of a view; dangerFill confirms what danger asked. */
  kind?: 'primary' | 'outline' | 'quiet' | 'danger' | 'dangerFill';
  size?: 'small' | 'normal' | 'large';
  icon?: ReactNode;
  /** Why it cannot be pressed now. The button stays focusable and says so. */
  disabledReason?: string | undefined;
  /** It is at work: a spinner, and no second press. Give children the verb in -ing. */
  pending?: boolean;
  type?: 'button' | 'submit';
  autoFocus?: boolean;
  className?: string;
  ref?: Ref<HTMLButtonElement>;
  onPress?: () => void;
}

export function Button({
  children,
  kind = 'outline',
  size = 'normal',
  icon,
  disabledReason,
  pending = false,
  type = 'button',
  autoFocus = false,
  className,
  ref,
  onPress,
}: ButtonProps) {
  const reasonId = useId();
  const blocked = disabledReason !== undefined || pending;
  return (
    <PressButton
      ref={useFirstFocus(autoFocus, ref)}
      type={blocked ? 'button' : type}
      className={classes(
        styles.button,
        kind !== 'outline' && styles[kind],
        size !== 'normal' && styles[size],
        className,
      )}
      {...(disabledReason !== undefined ? { 'aria-describedby': reasonId } : {})}
      aria-disabled={disabledReason !== undefined || undefined}
      data-pending={pending}
      onPress={() => {
        if (!blocked) onPress?.();
      }}
    >
      {pending ? <Spinner /> : icon}
      {children}
      {disabledReason !== undefined && <Hidden id={reasonId}>{disabledReason}</Hidden>}
    </PressButton>
  );
}
