import type { ReactNode } from 'react';
import { Dialog } from 'react-aria-components/Dialog';
import { Popover } from 'react-aria-components/Popover';
import { type Box, useAnchor } from './anchor';
import styles from './Menu.module.css';

export interface PopoverAtProps {
  label: string;
  at: Box;
  children: ReactNode;
  onClose: () => void;
}

/** A small dialog beside a place of the window. It is open while it is rendered; Esc or a click elsewhere closes it. */
export function PopoverAt({ label, at, children, onClose }: PopoverAtProps) {
  const { anchor, ref } = useAnchor(at);
  return (
    <>
      {anchor}
      <Popover
        className={styles.popover ?? ''}
        isOpen
        triggerRef={ref}
        placement="top start"
        offset={6}
        onOpenChange={(open) => {
          if (!open) onClose();
        }}
      >
        <Dialog className={styles.dialog ?? ''} aria-label={label}>
          {children}
        </Dialog>
      </Popover>
    </>
  );
}
