import type { ReactElement, ReactNode } from 'react';
import { Button } from 'react-aria-components/Button';
import { Menu as AriaMenu, MenuItem, MenuTrigger } from 'react-aria-components/Menu';
import { Popover } from 'react-aria-components/Popover';
import { Tooltip, TooltipTrigger } from 'react-aria-components/Tooltip';
import { type Box, useAnchor } from './anchor';
import bubble from './Bubble.module.css';
import { classes } from './classes';
import button from './IconButton.module.css';
import { Kbd } from './Kbd';
import styles from './Menu.module.css';

export interface MenuEntry {
  id: string;
  label: string;
  icon?: ReactNode;
  /** The key that does the same. */
  keys?: string;
  danger?: boolean;
  run: () => void;
}

/** A small trigger of a menu: an icon, and its label as a tooltip. */
export function MenuButton({ label, children }: { label: string; children: ReactNode }) {
  return (
    <TooltipTrigger delay={600} closeDelay={0}>
      <Button className={classes(button.button, button.small)} aria-label={label}>
        {children}
      </Button>
      <Tooltip className={bubble.tooltip ?? ''} placement="bottom" offset={6}>
        {label}
      </Tooltip>
    </TooltipTrigger>
  );
}

/** A button that opens a short list of actions. The trigger is MenuButton, or a button of React Aria's. Destructive ones stand last. */
export function Menu({ label, trigger, entries }: { label: string; trigger: ReactElement; entries: MenuEntry[] }) {
  return (
    <MenuTrigger>
      {trigger}
      <Popover className={styles.popover ?? ''} placement="bottom end">
        <Entries label={label} entries={entries} />
      </Popover>
    </MenuTrigger>
  );
}

export interface MenuAtProps {
  label: string;
  /** Where it stands: a point, or what it belongs to. */
  at: Box;
  entries: MenuEntry[];
  onClose: () => void;
}

/** The same list at a place of the window, for example under the pointer. It is open while it is rendered. */
export function MenuAt({ label, at, entries, onClose }: MenuAtProps) {
  const { anchor, ref } = useAnchor(at);
  return (
    <>
      {anchor}
      <Popover
        className={styles.popover ?? ''}
        aria-label={label}
        isOpen
        triggerRef={ref}
        placement="bottom start"
        offset={at.height > 0 ? 4 : 0}
        onOpenChange={(open) => {
          if (!open) onClose();
        }}
      >
        <Entries label={label} entries={entries} onClose={onClose} />
      </Popover>
    </>
  );
}

function Entries({ label, entries, onClose }: { label: string; entries: MenuEntry[]; onClose?: () => void }) {
  return (
    <AriaMenu
      aria-label={label}
      {...(onClose ? { autoFocus: 'first' as const, onClose } : {})}
      onAction={(id) => {
        // Closed first: what an entry opens then takes the focus for itself.
        onClose?.();
        entries.find((entry) => entry.id === id)?.run();
      }}
    >
      {entries.map((entry) => (
        <MenuItem
          key={entry.id}
          id={entry.id}
          textValue={entry.label}
          className={classes(styles.item, entry.danger && styles.danger)}
        >
          {entry.icon}
          {entry.label}
          {entry.keys && <Kbd keys={entry.keys} className={styles.keys} />}
        </MenuItem>
      ))}
    </AriaMenu>
  );
}
