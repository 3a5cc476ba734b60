import { Ellipsis } from 'lucide-react';
import { Menu, MenuButton, type MenuEntry } from './Menu';

export interface DotsMenuProps {
  label: string;
  entries: MenuEntry[];
  /** False where arrows reach it, and Tab does not. */
  reachable?: boolean;
}

/** Three dots, and what can be done with what they stand beside. */
export function DotsMenu({ label, entries, reachable = true }: DotsMenuProps) {
  return (
    <Menu
      label={label}
      trigger={(opener) => (
        <MenuButton label={label} opener={opener} reachable={reachable}>
          <Ellipsis size={18} strokeWidth={1.75} aria-hidden="true" />
        </MenuButton>
      )}
      entries={entries}
    />
  );
}
