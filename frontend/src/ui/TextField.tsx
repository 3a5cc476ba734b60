import { Check, CircleAlert } from 'lucide-react';
import { type KeyboardEvent, type ReactNode, type Ref, useId } from 'react';
import { classes } from './classes';
import { useFirstFocus } from './focus';
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
  const id = useId();
  const place = useFirstFocus(autoFocus, ref as Ref<HTMLInputElement & HTMLTextAreaElement>);
  const bad = invalid || error !== undefined;
  const says = error ?? good ?? help;
  const field = {
    id,
    ref: place,
    className: classes(styles.input, large && styles.large, mono && styles.mono, rows > 1 && styles.area),
    value,
    placeholder,
    disabled,
    maxLength,
    spellCheck,
    autoComplete: 'off',
    'aria-label': labelHidden ? label : undefined,
    'aria-invalid': bad || undefined,
    'aria-describedby': classes(Boolean(says) && `${id}-words`, describedBy) || undefined,
    onBlur,
    onKeyDown: (event: KeyboardEvent) => {
      const { isComposing, keyCode } = event.nativeEvent;
      // WebKit ends composing before the key that ended it; 229 is its code then.
      if (!onEnter || event.key !== 'Enter' || event.shiftKey || isComposing || keyCode === 229) return;
      event.preventDefault();
      onEnter();
    },
  };
  return (
    <div className={classes(styles.field, className)}>
      {!labelHidden && (
        <label className={styles.label} htmlFor={id}>
          {label}
        </label>
      )}
      <span className={styles.box}>
        {rows > 1 ? (
          <textarea {...field} rows={rows} onChange={(event) => onChange(event.target.value)} />
        ) : (
          <input {...field} type={secret ? 'password' : 'text'} onChange={(event) => onChange(event.target.value)} />
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
          <span id={`${id}-words`} className={classes(styles.help, styles.error)}>
            <CircleAlert size={14} strokeWidth={2} aria-hidden="true" />
            <span>{error}</span>
          </span>
        ) : (
          says && (
            <span id={`${id}-words`} className={classes(styles.help, good !== undefined && styles.good)}>
              {good !== undefined && <Check size={14} strokeWidth={2} aria-hidden="true" />}
              <span>{says}</span>
            </span>
          )
        )}
      </span>
    </div>
  );
}
