import { BellOff, Hourglass } from 'lucide-react';
import { memo } from 'react';
import type { Conversation } from '@/backend';
import { listTime, useTranslation } from '@/i18n';
import { initial, isUnread, looked, shortName, showConversation, showTalkMenu, usePicture } from '@/model';
import { Badge, boxOf, classes, Hidden, isPressed, keysOfRow, Lid, TrustMark } from '@/ui';
import styles from './ConversationRow.module.css';
import { previewOf } from './preview';
import { RowSign, signOf } from './RowSign';

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
  const sign = signOf(row);
  const presence = row.contact === 'mutual' && !sign ? row.presence : 'unknown';
  const unread = isUnread(row);
  return (
    <button
      type="button"
      className={classes(styles.row, unread && !row.quiet && styles.unread, sign && styles.signed)}
      aria-current={open || undefined}
      tabIndex={reachable ? 0 : -1}
      title={narrow ? row.name : undefined}
      data-row={row.id}
      aria-haspopup="menu"
      onClick={() => {
        looked(row.id);
        showConversation(row.id);
      }}
      onContextMenu={(event) => {
        event.preventDefault();
        // The menu key comes without a place; then the row is the place.
        const pointed = event.clientX > 0 || event.clientY > 0;
        const point = { left: event.clientX, top: event.clientY, width: 0, height: 0 };
        showTalkMenu(row.id, pointed ? point : boxOf(event.currentTarget));
      }}
      onKeyDown={(event) => {
        if (!isPressed(event, keysOfRow.menu)) return;
        event.preventDefault();
        showTalkMenu(row.id, boxOf(event.currentTarget));
      }}
    >
      <span className={styles.face}>
        <Lid
          letter={initial(row.name)}
          color={row.color}
          size={compact ? 24 : 40}
          picture={picture}
          presence={presence}
          className={styles.lid ?? ''}
        />
        <RowSign sign={sign} />
      </span>
      <span className={styles.text}>
        <span className={styles.name}>
          {row.name}
          {row.verified.trust !== 'none' && (
            <TrustMark trust={row.verified.trust} label={t(`verify.mark.${row.verified.trust}`)} />
          )}
          {row.quiet && (
            <span className={styles.quiet} title={t('conversations.muted')}>
              <BellOff size={14} strokeWidth={2} aria-hidden="true" />
              <Hidden>, {t('conversations.muted')}</Hidden>
            </span>
          )}
          {presence !== 'unknown' && <Hidden>, {t(`line.presence.${presence}`)}</Hidden>}
        </span>
        <PreviewLine row={row} open={open} />
      </span>
      <span className={styles.right}>
        <span className={styles.time}>{listTime(row.lastTime)}</span>
        {unread && <Badge count={row.unread} quiet={row.quiet === true} className={styles.badge} />}
        {row.marked && row.unread === 0 && <Hidden>{t('conversations.marked')}</Hidden>}
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
    case 'held':
      return (
        <span className={classes(styles.preview, styles.bad)}>
          <span>{t('conversations.held')}</span>
        </span>
      );
    case 'forgotten':
    case 'cleared':
      return (
        <span className={styles.preview}>
          <span>{t(`conversations.${preview.kind}`)}</span>
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
