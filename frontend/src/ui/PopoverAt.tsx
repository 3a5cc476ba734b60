import type { ReactNode } from 'react';
import type { Box } from './anchor';
import { Popover } from './Popover';

export interface PopoverAtProps {
  label: string;
  at: Box;
  children: ReactNode;
  onClose: () => void;
}

/** A small dialog beside a place of the window. It is open while it is rendered; Esc or a click elsewhere closes it. */
export function PopoverAt({ label, at, children, onClose }: PopoverAtProps) {
  return (
    <Popover at={at} wish={{ side: 'top', align: 'start', offset: 6 }} label={label} onClose={onClose}>
      {children}
    </Popover>
  );
}
