import { ShieldX } from 'lucide-react';
import { useState } from 'react';
import { backend, type Conversation } from '@/backend';
import { errorText, useTranslation } from '@/i18n';
import { askBan, shortName } from '@/model';
import { Button, Dialog, Note } from '@/ui';
import styles from './Verify.module.css';

export interface DiffersProps {
  conversation: Conversation;
  onAgain: () => void;
  onClose: () => void;
}

/** What it means that the numbers, or the emoji, were not the same, and what to do. */
export function Differs({ conversation, onAgain, onClose }: DiffersProps) {
  const { t } = useTranslation();
  const name = shortName(conversation.name);
  const [pending, setPending] = useState(false);
  const [failure, setFailure] = useState<unknown>();

  async function sendAnyway(): Promise<void> {
    setPending(true);
    setFailure(undefined);
    try {
      await backend().unverify(conversation.id);
      onClose();
    } catch (reason) {
      setFailure(reason);
      setPending(false);
    }
  }

  return (
    <Dialog
      title={t('verify.differTitle')}
      onClose={onClose}
      footer={
        <>
          <Button kind="danger" className={styles.apart ?? ''} onPress={() => askBan(conversation.id)}>
            {t('verify.ban')}
          </Button>
          <Button pending={pending} onPress={() => void sendAnyway()}>
            {t('verify.anyway')}
          </Button>
          <Button kind="primary" autoFocus onPress={onAgain}>
            {t('verify.again')}
          </Button>
        </>
      }
    >
      {failure !== undefined && (
        <Note kind="bad" role="alert">
          {errorText(failure)}
        </Note>
      )}
      <Note kind="bad" icon={<ShieldX size={18} strokeWidth={1.75} aria-hidden="true" />}>
        <b className={styles.head}>{t('verify.differHead', { name })}</b>
        {t('verify.differText', { name })}
      </Note>
      <p>{t('verify.differWhat', { name })}</p>
    </Dialog>
  );
}
