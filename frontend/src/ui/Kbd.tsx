import { classes } from './classes';
import styles from './Kbd.module.css';

/** Keys as they stand on the keyboard; ⌘ for Ctrl on macOS. */
export function Kbd({ keys, className }: { keys: string; className?: string | undefined }) {
  return <kbd className={classes(styles.kbd, className)}>{keyNames(keys)}</kbd>;
}

/** ⌘ stands for Ctrl here. */
export const onMac = /Mac|iPhone|iPad/.test(navigator.platform);

const caps: Record<string, string> = {
  ArrowUp: '↑',
  ArrowDown: '↓',
  Enter: '↵',
  Escape: 'Esc',
  Delete: 'Del',
  ContextMenu: 'Menu',
  ...(onMac ? { Ctrl: '⌘', Alt: '⌥', Shift: '⇧' } : {}),
};

/** "Ctrl K" as it is called on this system. */
export function keyNames(keys: string): string {
  return keys
    .split(' ')
    .map((key) => caps[key] ?? key)
    .join(' ');
}
