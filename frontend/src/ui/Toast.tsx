import { useEffect, useState } from 'react';
import { Button } from './Button';
import styles from './Toast.module.css';

export interface ToastProps {
  text: string;
  action?: { label: string; run: () => void } | undefined;
  onEnd: () => void;
}

/** How long a toast stays, in milliseconds; it waits while the pointer or the focus is on it. */
const stay = 6000;

/** One sentence at the foot of the window. Give it a key of the toast, so that the next one begins its own time. */
export function Toast({ text, action, onEnd }: ToastProps) {
  const [held, setHeld] = useState(false);
  useEffect(() => {
    if (held) return;
    const timer = setTimeout(onEnd, stay);
    return () => clearTimeout(timer);
  }, [held, onEnd]);
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
        </Button>
      )}
    </div>
  );
}
