import { type Box, PopoverAt } from '@/ui';
import { EmojiPicker, type EmojiPickerProps } from '@/ui/emoji';

export { withRecent } from '@/ui/emoji';

export interface EmojiPopoverProps extends EmojiPickerProps {
  label: string;
  at: Box;
  onClose: () => void;
}

/** The picker beside a place of the window, with all that it needs: a file of its own. */
export function EmojiPopover({ label, at, onClose, ...picker }: EmojiPopoverProps) {
  return (
    <PopoverAt label={label} at={at} onClose={onClose}>
      <EmojiPicker {...picker} />
    </PopoverAt>
  );
}
