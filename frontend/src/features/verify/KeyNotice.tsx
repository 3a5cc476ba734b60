import { History, KeyRound, ShieldAlert } from 'lucide-react';
import { useState } from 'react';
import { backend, type Conversation } from '@/backend';
import { errorText, useTranslation } from '@/i18n';
import { earlierOf, shortName, showConversation, showToast, showVerify, useSession } from '@/model';
import { Button, Note } from '@/ui';
import styles from './Verify.module.css';

interface KeyNoticeProps {
  conversation: Conversation;
  className: string;
}

/** Under the header: that the key of somebody changed which had been compared, and nothing is sent. */
export function ChangedNotice({ conversation, className }: KeyNoticeProps) {
  const { t } = useTranslation();
  const [busy, setBusy] = useState(false);
  const { id } = conversation;
  const name = shortName(conversation.name);

  async function anyway(): Promise<void> {
    setBusy(true);
    try {
      await backend().unverify(id);
    } catch (reason) {
      showToast(errorText(reason));
    } finally {
      setBusy(false);
    }
  }

  return (
    <Note
      kind="bad"
      role="alert"
      className={className}
      icon={<ShieldAlert size={18} strokeWidth={1.75} aria-hidden="true" />}
      action={
        <span className={styles.two}>
          <Button size="small" pending={busy} onPress={() => void anyway()}>
            {t('keychange.anyway')}
          </Button>
          <Button size="small" kind="primary" onPress={() => showVerify(id)}>
            {t('keychange.compareNow')}
          </Button>
        </span>
      }
    >
      {conversation.verified.trust === 'forked' ? t('keychange.forked', { name }) : t('keychange.changed', { name })}
    </Note>
  );
}

/** Under the header: that somebody has yet to learn of my key, or where it was before one changed. */
export function EarlierNotice({ conversation, className }: KeyNoticeProps) {
  const { t } = useTranslation();
  const earlier = useSession((state) => earlierOf(state.conversations, conversation.id));
  if (!conversation.following && earlier === undefined) return null;
  return (
    <Note
      role="status"
      className={className}
      icon={
        conversation.following ? (
          <KeyRound size={18} strokeWidth={1.75} aria-hidden="true" />
        ) : (
          <History size={18} strokeWidth={1.75} aria-hidden="true" />
        )
      }
      action={
        earlier !== undefined && (
          <Button size="small" onPress={() => showConversation(earlier)}>
            {t('keychange.show')}
          </Button>
        )
      }
    >
      {conversation.following
        ? t('keychange.following', { name: shortName(conversation.name) })
        : t('keychange.earlier')}
    </Note>
  );
}
