import {
  type ComponentPropsWithRef,
  type KeyboardEvent,
  type SyntheticEvent,
  useEffect,
  useId,
  useRef,
  useState,
} from 'react';
import { useTooltipTriggerState } from 'react-stately/useTooltipTriggerState';
import { late } from './late';

export interface Hint {
  text: string;
  /** Keys that do the same. */
  keys?: string | undefined;
  placement?: 'top' | 'bottom' | 'left' | 'right';
}

export interface PressButtonProps extends Omit<ComponentPropsWithRef<'button'>, 'onClick'> {
  /** A word for it while it is under the pointer or has the focus. */
  hint?: Hint | undefined;
  onPress: () => void;
}

/**
 * The system's own button, which answers as React Aria's do at a fraction of their memory: pressing it gives it the focus
 * everywhere, holding Enter presses once, and what stands around it does not hear of the press. A trigger of React Aria's
 * (a menu's, for example) does not know it.
 */
export function PressButton({ hint, ...rest }: PressButtonProps) {
  return hint ? <HintedButton {...rest} hint={hint} /> : <BareButton {...rest} />;
}

const isPress = (event: KeyboardEvent) => event.key === 'Enter' || event.key === ' ';

function stopPress(event: KeyboardEvent): void {
  if (isPress(event)) event.stopPropagation();
}

const stop = (event: SyntheticEvent) => event.stopPropagation();

function BareButton({ onPress, onPointerDown, onKeyDown, ...rest }: Omit<PressButtonProps, 'hint'>) {
  return (
    <button
      type="button"
      {...rest}
      onPointerDown={(event) => {
        stop(event);
        onPointerDown?.(event);
      }}
      onMouseDown={stop}
      onKeyDown={(event) => {
        stopPress(event);
        // What the first press opened has buttons of its own.
        if (event.repeat && event.key === 'Enter') event.preventDefault();
        onKeyDown?.(event);
      }}
      onKeyUp={stopPress}
      onClick={(event) => {
        event.stopPropagation();
        // WebKit on macOS leaves the focus where it was.
        if (event.currentTarget !== document.activeElement) event.currentTarget.focus({ preventScroll: true });
        onPress();
      }}
    />
  );
}

const bubble = late(() => import('./Bubble'));

function loadBubble(): void {
  // A hint that cannot be brought is left out: the button is named without it.
  bubble.load().catch(() => undefined);
}

/** How long the pointer rests on a button until its hint shows, in milliseconds. */
const delay = 600;

function HintedButton({ hint, ...rest }: PressButtonProps & { hint: Hint }) {
  const state = useTooltipTriggerState({ delay, closeDelay: 0 });
  const id = useId();
  const Bubble = bubble.useLoaded()?.Bubble;
  const button = useRef<Element>(null);
  // Kept once it was there: it fades out by itself.
  const [wanted, setWanted] = useState(false);
  if (state.isOpen && !wanted) setWanted(true);

  useEffect(() => {
    if (!state.isOpen) return;
    const onKeyDown = (event: globalThis.KeyboardEvent) => {
      if (event.key !== 'Escape') return;
      event.stopPropagation();
      state.close(true);
    };
    document.addEventListener('keydown', onKeyDown, true);
    return () => document.removeEventListener('keydown', onKeyDown, true);
  }, [state]);

  return (
    <>
      <BareButton
        {...rest}
        aria-describedby={state.isOpen ? id : rest['aria-describedby']}
        onPointerEnter={(event) => {
          if (event.pointerType === 'touch') return;
          button.current = event.currentTarget;
          loadBubble();
          state.open();
        }}
        onPointerLeave={() => state.close()}
        onPointerDown={() => state.close(true)}
        onKeyDown={() => state.close(true)}
        onFocus={(event) => {
          if (!event.currentTarget.matches(':focus-visible')) return;
          button.current = event.currentTarget;
          loadBubble();
          state.open(true);
        }}
        onBlur={() => state.close(true)}
      />
      {wanted && Bubble && <Bubble id={id} hint={hint} of={button} state={state} />}
    </>
  );
}
