import { Ellipsis } from 'lucide-react';
import { classes } from './classes';
import button from './IconButton.module.css';
import { Menu, type MenuEntry } from './Menu';
import { PressButton } from './PressButton';

export interface DotsMenuProps {
  label: string;
  entries: MenuEntry[];
  /** False where arrows reach it, and Tab does not. */
  reachable?: boolean;
}

/** Three dots, and what can be done with what they stand beside. They need no hint, which would have to be escaped first. */
export function DotsMenu({ label, entries, reachable = true }: DotsMenuProps) {
  return (
    <Menu
      label={label}
      trigger={(opener) => (
        <PressButton
          {...opener}
          className={classes(button.button, button.small)}
          aria-label={label}
          tabIndex={reachable ? 0 : -1}
        >
          <Ellipsis size={18} strokeWidth={1.75} aria-hidden="true" />
        </PressButton>
      )}
      entries={entries}
    />
  );
}
