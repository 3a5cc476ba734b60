import { Hourglass } from 'lucide-react';
import { memo } from 'react';
import type { Conversation } from '@/backend';
import { listTime, useTranslation } from '@/i18n';
import { initial, shortName, showConversation, usePicture } from '@/model';
import { Badge, classes, Hidden, Lid, TrustMark } from '@/ui';
import styles from './ConversationRow.module.css';
import { previewOf } from './preview';

export interface ConversationRowProps {
  row: Conversation;
  open: boolean;
  /** The one row that Tab reaches; arrows move from it. */
  reachable: boolean;
  /** Only the lid is shown: its name becomes a tooltip. */
  narrow: boolean;
  compact: boolean;
  /** The day it is: times of today become weekdays after midnight. */
  today: string;
}

export const ConversationRow = memo(function ConversationRow({
  row,
  open,
  reachable,
  narrow,
  compact,
}: ConversationRowProps) {
  const { t } = useTranslation();
  const picture = usePicture(row.id, row.picture);
  const presence = row.contact === 'mutual' ? row.presence : 'unknown';
  return (
    <button
      type="button"
      className={classes(styles.row, row.unread > 0 && styles.unread)}
      aria-current={open || undefined}
      tabIndex={reachable ? 0 : -1}
      title={narrow ? row.name : undefined}
      data-row={row.id}
      onClick={() => showConversation(row.id)}
    >
      <Lid
        letter={initial(row.name)}
        color={row.color}
        size={compact ? 24 : 40}
        picture={picture}
        presence={presence}
        className={styles.lid ?? ''}
      />
      <span className={styles.text}>
        <span className={styles.name}>
          {row.name}
          {row.verified.trust !== 'none' && (
            <TrustMark trust={row.verified.trust} label={t(`verify.mark.${row.verified.trust}`)} />
          )}
          {presence !== 'unknown' && <Hidden>, {t(`line.presence.${presence}`)}</Hidden>}
        </span>
        <PreviewLine row={row} open={open} />
      </span>
      <span className={styles.right}>
        <span className={styles.time}>{listTime(row.lastTime)}</span>
        {row.unread > 0 && <Badge count={row.unread} className={styles.badge} />}
        {row.unread > 0 && <Hidden>{t('conversations.unreadCount', { count: row.unread })}</Hidden>}
      </span>
    </button>
  );
});

function PreviewLine({ row, open }: { row: Conversation; open: boolean }) {
  const { t } = useTranslation();
  const preview = previewOf(row, open);
  switch (preview.kind) {
    case 'typing':
      return (
        <span className={classes(styles.preview, styles.typing)}>
          <span>{t('conversations.typing')}</span>
        </span>
      );
    case 'draft':
      return (
        <span className={styles.preview}>
          <span className={styles.draft}>{t('conversations.draft')}</span>
          <span>{preview.text}</span>
        </span>
      );
    case 'queued':
      return (
        <span className={styles.preview}>
          <Hourglass size={14} strokeWidth={2} aria-hidden="true" />
          <span>{t('conversations.queued', { count: preview.count, name: shortName(row.name) })}</span>
        </span>
      );
    case 'asked':
      return (
        <span className={styles.preview}>
          <Hourglass size={14} strokeWidth={2} aria-hidden="true" />
          <span>{t('conversations.asked')}</span>
        </span>
      );
    case 'banned':
      return (
        <span className={styles.preview}>
          <span>{t('conversations.banned')}</span>
        </span>
      );
    case 'deleted':
      return (
        <span className={styles.preview}>
          <span>{t('message.previewDeleted')}</span>
        </span>
      );
    case 'made':
      return (
        <span className={styles.preview}>
          <span>{t('conversations.madeContact')}</span>
        </span>
      );
    case 'mine':
      return (
        <span className={styles.preview}>
          <span>{t('conversations.you', { text: preview.text })}</span>
        </span>
      );
    case 'text':
      return (
        <span className={styles.preview}>
          <span>{preview.text}</span>
        </span>
      );
  }
}
