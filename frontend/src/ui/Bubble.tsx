import type { RefObject } from 'react';
import { Tooltip, TooltipTriggerStateContext } from 'react-aria-components/Tooltip';
import type { TooltipTriggerState } from 'react-stately/useTooltipTriggerState';
import styles from './Bubble.module.css';
import type { Hint } from './PressButton';

export interface BubbleProps {
  id: string;
  hint: Hint;
  of: RefObject<Element | null>;
  state: TooltipTriggerState;
}

/** The hint of a PressButton, beside it. It comes with the first hint that is shown. */
export function Bubble({ id, hint, of, state }: BubbleProps) {
  const named = { id, triggerRef: of }; // its types do not know the id
  return (
    <TooltipTriggerStateContext value={state}>
      <Tooltip {...named} className={styles.tooltip ?? ''} placement={hint.placement ?? 'bottom'} offset={6}>
        {hint.text}
        {hint.keys && <span className={styles.keys}>{hint.keys}</span>}
      </Tooltip>
    </TooltipTriggerStateContext>
  );
}
