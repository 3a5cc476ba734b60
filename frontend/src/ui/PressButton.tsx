import { type ComponentPropsWithRef, type KeyboardEvent, type SyntheticEvent, useEffect, useId, useState } from 'react';
import { useHint } from './hint';
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
 * The system's own button, which answers the same in every webview: pressing it gives it the focus
 * everywhere, holding Enter presses once, and what stands around it does not hear of the press.
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
        // WebKit on macOS leaves the focus where it was. Enter in a field of a form, which is no press, shall leave it there.
        const pressed = event.detail > 0;
        if (pressed && event.currentTarget !== document.activeElement)
          event.currentTarget.focus({ preventScroll: true });
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

function HintedButton({ hint, onKeyDown, ...rest }: PressButtonProps & { hint: Hint }) {
  const state = useHint();
  const id = useId();
  const Bubble = bubble.useLoaded()?.Bubble;
  const [button, setButton] = useState<Element>();
  // Kept until it has faded out.
  const [wanted, setWanted] = useState(false);
  if (state.open && !wanted) setWanted(true);

  useEffect(() => {
    if (!state.open) return;
    const onKeyDown = (event: globalThis.KeyboardEvent) => {
      if (event.key !== 'Escape') return;
      event.stopPropagation();
      state.hide();
    };
    document.addEventListener('keydown', onKeyDown, true);
    return () => document.removeEventListener('keydown', onKeyDown, true);
  }, [state]);

  return (
    <>
      <BareButton
        {...rest}
        aria-describedby={state.open ? id : rest['aria-describedby']}
        onPointerEnter={(event) => {
          if (event.pointerType === 'touch') return;
          setButton(event.currentTarget);
          loadBubble();
          state.show();
        }}
        onPointerLeave={() => state.hide()}
        onPointerDown={() => state.hide()}
        onKeyDown={(event) => {
          state.hide();
          onKeyDown?.(event);
        }}
        onFocus={(event) => {
          if (!event.currentTarget.matches(':focus-visible')) return;
          setButton(event.currentTarget);
          loadBubble();
          state.show(true);
        }}
        onBlur={() => state.hide()}
      />
      {wanted && Bubble && button && (
        <Bubble id={id} hint={hint} of={button} open={state.open} onGone={() => setWanted(false)} />
      )}
    </>
  );
}
