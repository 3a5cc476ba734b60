import { Smile } from 'lucide-react';
import { type RefObject, useEffect, useLayoutEffect, useRef, useState } from 'react';
import { flushSync } from 'react-dom';
import { errorText, useTranslation } from '@/i18n';
import { changeSettings, showToast, useSession } from '@/model';
import { type Box, boxOf, IconButton, keyNames, keysOfComposer, late } from '@/ui';
import styles from './Composer.module.css';
import { replaceIn } from './wrapping';

/** The picker and its data: only who opens it brings them. */
const picker = late(() => import('./EmojiPopover'));

export interface EmojiButtonProps {
  /** Where the emoji are written. */
  field: RefObject<HTMLTextAreaElement | null>;
  open: boolean;
  onOpenChange: (open: boolean) => void;
}

/** Opens the emoji beside the message field; a chosen one is written at the caret. */
export function EmojiButton({ field, open, onOpenChange }: EmojiButtonProps) {
  const { t } = useTranslation();
  const button = useRef<HTMLButtonElement>(null);
  const settings = useSession((state) => state.settings);
  const popover = picker.useLoaded();
  const [at, setAt] = useState<Box>();

  useEffect(() => {
    if (!open) return;
    picker.load().catch((reason: unknown) => {
      onOpenChange(false);
      showToast(errorText(reason));
    });
  }, [open, onOpenChange]);

  useLayoutEffect(() => {
    const element = button.current;
    if (!open || !element) return;
    const measure = () => setAt(boxOf(element));
    measure();
    // The window, and what the lists beside it leave to the field.
    const watched = new ResizeObserver(measure);
    watched.observe(document.documentElement);
    if (element.parentElement) watched.observe(element.parentElement);
    return () => watched.disconnect();
  }, [open]);

  function close(): void {
    // The popover gives the focus away only when it is gone.
    flushSync(() => onOpenChange(false));
    field.current?.focus();
  }

  function put(text: string, more: boolean): void {
    const element = field.current;
    if (!element) return;
    if (!more) close();
    const { selectionStart: from, selectionEnd: to } = element;
    const end = from + text.length;
    replaceIn(element, { from, to, text, start: end, end });
  }

  const change = (wanted: Parameters<typeof changeSettings>[0]) =>
    void changeSettings(wanted).catch((reason: unknown) => showToast(errorText(reason)));
  return (
    <>
      <IconButton
        ref={button}
        className={styles.emoji ?? ''}
        label={t('composer.emoji')}
        keys={keyNames(keysOfComposer.emoji[0])}
        onPress={() => onOpenChange(true)}
      >
        <Smile size={18} strokeWidth={1.75} aria-hidden="true" />
      </IconButton>
      {open && popover && at && (
        <popover.EmojiPopover
          at={at}
          label={t('composer.emoji')}
          recent={settings.recentEmoji ?? ''}
          tone={settings.emojiTone ?? 0}
          onTone={(emojiTone) => change({ emojiTone })}
          onPick={(text, emoji, more) => {
            put(text, more);
            change((now) => ({ recentEmoji: popover.withRecent(now.recentEmoji ?? '', emoji) }));
          }}
          onClose={close}
        />
      )}
    </>
  );
}
