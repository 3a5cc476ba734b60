import { type RefObject, useEffect, useRef, useState } from 'react';
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
  const place = useRef<HTMLDivElement>(null);
  const aside = useAside(place);
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
      ref={place}
      className={styles.toast}
      role="status"
      data-aside={aside || undefined}
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

/** Whether it stands at the other end of the window: it never covers what has the focus. */
function useAside(place: RefObject<HTMLElement | null>): boolean {
  const [aside, setAside] = useState(false);
  useEffect(() => {
    // After what was focused has come into sight.
    const look = () => requestAnimationFrame(() => place.current && covers(place.current) && setAside((held) => !held));
    look();
    document.addEventListener('focusin', look);
    return () => document.removeEventListener('focusin', look);
  }, [place]);
  return aside;
}

/** Whether something small has the focus under it; of a whole pane enough is seen. */
function covers(toast: HTMLElement): boolean {
  const focused = document.activeElement;
  if (!focused || focused === document.body || toast.contains(focused)) return false;
  const mine = toast.getBoundingClientRect();
  const other = focused.getBoundingClientRect();
  return (
    other.height < window.innerHeight / 3 &&
    other.left < mine.right &&
    other.right > mine.left &&
    other.top < mine.bottom &&
    other.bottom > mine.top
  );
}
