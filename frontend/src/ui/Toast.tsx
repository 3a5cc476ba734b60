import { useEffect, useState } from 'react';
import { Button } from './Button';
import { Kbd } from './Kbd';
import { isPressed, keysOfToast } from './keys';
import styles from './Toast.module.css';

export interface ToastProps {
  text: string;
  action?: { label: string; run: () => void; keys?: 'Ctrl Z' } | undefined;
  onEnd: () => void;
}

/** How long a toast stays, in milliseconds; it waits while the pointer or the focus is on it. */
const stay = 6000;

/** Whether it is a field with something in it: there the keys undo what was typed. */
function hasWords(element: Element): boolean {
  const field = element.closest<HTMLInputElement>('input:not([type="radio"], [type="range"]), textarea');
  return field !== null && field.value !== '';
}

/** One sentence at the foot of the window. Give it a key of the toast, so that the next one begins its own time. */
export function Toast({ text, action, onEnd }: ToastProps) {
  const [held, setHeld] = useState(false);
  useEffect(() => {
    if (held) return;
    const timer = setTimeout(onEnd, stay);
    return () => clearTimeout(timer);
  }, [held, onEnd]);
  const undo = action?.keys ? action.run : undefined;
  useEffect(() => {
    if (!undo) return;
    const onKeyDown = (event: KeyboardEvent) => {
      if (!isPressed(event, keysOfToast.undo) || event.defaultPrevented) return;
      if (event.target instanceof Element && hasWords(event.target)) return;
      event.preventDefault();
      undo();
      onEnd();
    };
    window.addEventListener('keydown', onKeyDown);
    return () => window.removeEventListener('keydown', onKeyDown);
  }, [undo, onEnd]);
  return (
    <div
      className={styles.toast}
      role="status"
      onPointerEnter={() => setHeld(true)}
      onPointerLeave={() => setHeld(false)}
      onFocus={() => setHeld(true)}
      onBlur={() => setHeld(false)}
    >
      <span className={styles.text}>{text}</span>
      {action && (
        <Button
          size="small"
          className={styles.action ?? ''}
          onPress={() => {
            action.run();
            onEnd();
          }}
        >
          {action.label}
          {action.keys && <Kbd keys={action.keys} className={styles.keys} />}
        </Button>
      )}
    </div>
  );
}
