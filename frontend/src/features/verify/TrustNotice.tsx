import { ShieldAlert, Smile } from 'lucide-react';
import { useState } from 'react';
import { backend, type Conversation } from '@/backend';
import { errorText, useTranslation } from '@/i18n';
import { shortName, showToast, showVerify } from '@/model';
import { Button, Note } from '@/ui';
import { ChangedNotice, EarlierNotice } from './KeyNotice';
import styles from './Verify.module.css';

/** Under the header: that nothing is sent, or that somebody wants to compare. */
export function TrustNotice({ conversation, className }: { conversation: Conversation; className: string }) {
  const { t } = useTranslation();
  const [busy, setBusy] = useState(false);
  const name = shortName(conversation.name);
  const { check, contact, id } = conversation;
  if (contact === 'banned' || contact === 'forgotten') return null;
  if (conversation.verified.trust === 'differs') {
    return (
      <Note
        kind="bad"
        role="alert"
        className={className}
        icon={<ShieldAlert size={18} strokeWidth={1.75} aria-hidden="true" />}
        action={
          <Button size="small" onPress={() => showVerify(id)}>
            {t('verify.again')}
          </Button>
        }
      >
        {t('verify.held', { name })}
      </Note>
    );
  }
  if (conversation.verified.trust === 'changed' || conversation.verified.trust === 'forked')
    return <ChangedNotice conversation={conversation} className={className} />;
  if (!check || check.state === 'done' || check.state === 'ended')
    return <EarlierNotice conversation={conversation} className={className} />;

  async function answer(yes: boolean): Promise<void> {
    setBusy(true);
    try {
      await backend().answerCheck(id, yes);
      if (yes) showVerify(id);
    } catch (reason) {
      showToast(errorText(reason));
    } finally {
      setBusy(false);
    }
  }

  const asked = check.state === 'asked';
  return (
    <Note
      kind="accent"
      role={asked ? 'alert' : 'status'}
      className={className}
      icon={<Smile size={18} strokeWidth={1.75} aria-hidden="true" />}
      action={
        asked ? (
          <span className={styles.two}>
            <Button size="small" pending={busy} onPress={() => void answer(false)}>
              {t('verify.decline')}
            </Button>
            <Button size="small" kind="primary" pending={busy} onPress={() => void answer(true)}>
              {t('verify.agree')}
            </Button>
          </span>
        ) : (
          <Button size="small" onPress={() => showVerify(id)}>
            {t('verify.goOn')}
          </Button>
        )
      }
    >
      {asked ? `${t('verify.asks', { name })} ${t('verify.asksText')}` : t('verify.underWay', { name })}
    </Note>
  );
}
