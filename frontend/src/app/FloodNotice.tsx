import { BellOff } from 'lucide-react';
import { useState } from 'react';
import { backend, type Conversation, type Notice } from '@/backend';
import { errorText, useTranslation } from '@/i18n';
import { askBan, showToast } from '@/model';
import { Button, Note } from '@/ui';
import styles from './App.module.css';
import { focusComposer } from './focus';

interface FloodNoticeProps {
  notice: Notice;
  conversation: Conversation;
  className: string;
}

/** Somebody sends more than anybody can read, and is muted: with the two ways out. */
export function FloodNotice({ notice, conversation, className }: FloodNoticeProps) {
  const { t } = useTranslation();
  const [busy, setBusy] = useState(false);

  async function unmute(): Promise<void> {
    setBusy(true);
    try {
      await backend().unmute(conversation.id);
      focusComposer();
    } catch (reason) {
      showToast(errorText(reason));
    } finally {
      setBusy(false);
    }
  }

  return (
    <Note
      kind="warn"
      role="status"
      className={className}
      icon={<BellOff size={18} strokeWidth={1.75} aria-hidden="true" />}
      action={
        <span className={styles.ways}>
          <Button size="small" onPress={() => askBan(conversation.id)}>
            {t('app.ban')}
          </Button>
          <Button size="small" pending={busy} onPress={() => void unmute()}>
            {t('app.unmute')}
          </Button>
        </span>
      }
    >
      {errorText(notice)}
    </Note>
  );
}
