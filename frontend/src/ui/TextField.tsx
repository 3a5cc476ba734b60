import { Check, CircleAlert } from 'lucide-react';
import type { ReactNode, Ref } from 'react';
import { FieldError } from 'react-aria-components/FieldError';
import { Input } from 'react-aria-components/Input';
import { Label } from 'react-aria-components/Label';
import { Text } from 'react-aria-components/Text';
import { TextArea } from 'react-aria-components/TextArea';
import { TextField as AriaTextField } from 'react-aria-components/TextField';
import { classes } from './classes';
import { Spinner } from './Spinner';
import styles from './TextField.module.css';

export interface TextFieldProps {
  label: string;
  /** Only for screen readers: the label is plain from the place. */
  labelHidden?: boolean;
  value: string;
  onChange: (value: string) => void;
  /** An example, never the label. */
  placeholder?: string;
  help?: ReactNode;
  /** A sentence; the field is outlined in red and says it. */
  error?: string | undefined;
  /** A sentence that all is well. */
  good?: ReactNode;
  /** Outlined in red; the sentence stands elsewhere, under the id `describedBy`. */
  invalid?: boolean;
  describedBy?: string | undefined;
  pending?: boolean;
  disabled?: boolean;
  large?: boolean;
  mono?: boolean;
  /** What is typed is not shown. */
  secret?: boolean;
  /** More than one makes it a box of that many lines. */
  rows?: number;
  maxLength?: number;
  autoFocus?: boolean;
  spellCheck?: boolean;
  className?: string;
  ref?: Ref<HTMLInputElement>;
  onBlur?: () => void;
  /** Enter alone, while no input method is composing; Shift Enter still begins a line. */
  onEnter?: () => void;
}

export function TextField({
  label,
  labelHidden = false,
  value,
  onChange,
  placeholder = '',
  help,
  error,
  good,
  invalid = false,
  describedBy,
  pending = false,
  disabled = false,
  large = false,
  mono = false,
  secret = false,
  rows = 1,
  maxLength,
  autoFocus = false,
  spellCheck = false,
  className,
  ref,
  onBlur,
  onEnter,
}: TextFieldProps) {
  const inputClass = classes(styles.input, large && styles.large, mono && styles.mono, rows > 1 && styles.area);
  return (
    <AriaTextField
      {...(onEnter
        ? {
            onKeyDown: (event) => {
              const { isComposing, keyCode } = event.nativeEvent;
              // WebKit ends composing before the key that ended it; 229 is its code then.
              if (event.key !== 'Enter' || event.shiftKey || isComposing || keyCode === 229) return;
              event.preventDefault();
              onEnter();
            },
          }
        : {})}
      className={classes(styles.field, className)}
      value={value}
      onChange={onChange}
      isInvalid={invalid || error !== undefined}
      isDisabled={disabled}
      autoFocus={autoFocus}
      spellCheck={spellCheck ? 'true' : 'false'}
      autoComplete="off"
      type={secret ? 'password' : 'text'}
      validationBehavior="aria"
      {...(labelHidden ? { 'aria-label': label } : {})}
      {...(describedBy === undefined ? {} : { 'aria-describedby': describedBy })}
      {...(maxLength === undefined ? {} : { maxLength })}
      {...(onBlur ? { onBlur } : {})}
    >
      {!labelHidden && <Label className={styles.label ?? ''}>{label}</Label>}
      <span className={styles.box}>
        {rows > 1 ? (
          <TextArea className={inputClass} rows={rows} placeholder={placeholder} />
        ) : (
          <Input className={inputClass} placeholder={placeholder} {...(ref ? { ref } : {})} />
        )}
        {pending && (
          <span className={styles.pending}>
            <Spinner />
          </span>
        )}
      </span>
      {/* There before it says anything, so that what changes in it is said aloud. */}
      <span className={styles.words} aria-live="polite">
        {error !== undefined ? (
          <FieldError className={classes(styles.help, styles.error)}>
            <CircleAlert size={14} strokeWidth={2} aria-hidden="true" />
            <span>{error}</span>
          </FieldError>
        ) : (
          (good ?? help) && (
            <Text slot="description" className={classes(styles.help, good !== undefined && styles.good)}>
              {good !== undefined && <Check size={14} strokeWidth={2} aria-hidden="true" />}
              <span>{good ?? help}</span>
            </Text>
          )
        )}
      </span>
    </AriaTextField>
  );
}
