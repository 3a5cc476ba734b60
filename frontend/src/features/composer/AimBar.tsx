import { X } from 'lucide-react';
import { useTranslation } from '@/i18n';
import { type Aim, type Aimed, endEdit, endReply, jumpTo } from '@/model';
import { classes, IconButton, plainText } from '@/ui';
import styles from './Composer.module.css';

export interface AimBarProps {
  /** Of the bar, for whoever describes itself by it. */
  id: string;
  aim: Aim;
  /** What the person is called in a sentence. */
  name: string;
  /** The X was pressed; the field takes the focus. */
  onEnd: () => void;
}

/** What the composer is for, above the text: whom it answers, or which message it changes. */
export function AimBar({ id, aim, name, onEnd }: AimBarProps) {
  const { t } = useTranslation();
  const held = aim.edit ?? aim.reply;
  if (!held) return null;
  const { conversation } = held.message;
  const title = aim.edit
    ? t('message.editing')
    : held.message.mine
      ? t('message.replyToYou')
      : t('message.replyTo', { name });
  const gone = aim.edit ? t('message.editGone') : t('message.replyGone');
  return (
    <div className={styles.aim}>
      <button
        type="button"
        className={styles.aimText}
        title={held.gone ? undefined : t('message.goTo')}
        aria-disabled={held.gone || undefined}
        onClick={() => {
          if (!held.gone) jumpTo(conversation, held.message.id).catch(() => undefined);
        }}
      >
        <span id={id} role="status">
          <b className={styles.aimTitle}>{title}</b>
          <span className={classes(styles.aimLine, held.gone && styles.aimGone)} dir="auto">
            {held.gone ? gone : firstLine(held)}
          </span>
        </span>
      </button>
      <IconButton
        label={aim.edit ? t('message.editCancel') : t('message.replyCancel')}
        keys="Esc"
        size="small"
        onPress={() => {
          if (aim.edit) endEdit(conversation);
          else endReply(conversation);
          onEnd();
        }}
      >
        <X size={18} strokeWidth={1.75} aria-hidden="true" />
      </IconButton>
    </div>
  );
}

function firstLine({ message }: Aimed): string {
  return (
    plainText(message.text)
      .split('\n')
      .find((line) => line.trim() !== '') ?? ''
  );
}
