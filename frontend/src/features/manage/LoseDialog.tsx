import { type ReactNode, useState } from 'react';
import { backend, type Conversation } from '@/backend';
import { errorText, useTranslation } from '@/i18n';
import { dropDraft, leaveConversation, shortName, showToast } from '@/model';
import { Button, Dialog, Note } from '@/ui';
import { focusRow } from './focusRow';
import styles from './Manage.module.css';

export interface LoseDialogProps {
  kind: 'clear' | 'leave' | 'forget';
  conversation: Conversation;
  onClose: () => void;
}

/** Asks before something of a conversation is lost, and says what is lost and what is kept. */
export default function LoseDialog({ kind, conversation, onClose }: LoseDialogProps) {
  const { t } = useTranslation();
  const name = shortName(conversation.name);
  const [pending, setPending] = useState('');
  const [failure, setFailure] = useState<unknown>();

  async function run(which: string, work: () => Promise<void>, said: string): Promise<void> {
    if (pending) return;
    setPending(which);
    setFailure(undefined);
    try {
      await work();
    } catch (reason) {
      setFailure(reason);
      setPending('');
      return;
    }
    onClose();
    showToast(said);
    focusRow(conversation.id);
  }

  const clear = () => run('clear', () => backend().clearConversation(conversation.id), t('manage.cleared', { name }));

  const leave = () =>
    run(
      'leave',
      async () => {
        dropDraft(conversation.id);
        await backend().deleteConversation(conversation.id);
        leaveConversation(conversation.id);
      },
      t('manage.deleted', { name }),
    );

  const forget = (erase: boolean) =>
    run(
      erase ? 'erase' : 'keep',
      async () => {
        await backend().forgetContact(conversation.id, erase);
        dropDraft(conversation.id);
        if (erase) leaveConversation(conversation.id);
      },
      t('manage.forgotten', { name }),
    );

  const confirm: Record<LoseDialogProps['kind'], ReactNode> = {
    clear: (
      <Button kind="dangerFill" pending={pending === 'clear'} onPress={() => void clear()}>
        {t(pending === 'clear' ? 'manage.clearing' : 'manage.clearConfirm')}
      </Button>
    ),
    leave: (
      <Button kind="dangerFill" pending={pending === 'leave'} onPress={() => void leave()}>
        {t(pending === 'leave' ? 'manage.leaving' : 'manage.leaveConfirm')}
      </Button>
    ),
    forget: (
      <>
        <Button kind="danger" pending={pending === 'keep'} onPress={() => void forget(false)}>
          {t(pending === 'keep' ? 'manage.forgetting' : 'manage.forgetKeep')}
        </Button>
        <Button kind="dangerFill" pending={pending === 'erase'} onPress={() => void forget(true)}>
          {t(pending === 'erase' ? 'manage.forgetting' : 'manage.forgetErase')}
        </Button>
      </>
    ),
  };

  return (
    <Dialog
      title={t(`manage.${kind}Title`, { name })}
      role="alertdialog"
      onClose={onClose}
      footer={
        <>
          <Button autoFocus onPress={onClose}>
            {t('app.cancel')}
          </Button>
          {confirm[kind]}
        </>
      }
    >
      {failure !== undefined && (
        <Note kind="bad" role="alert">
          {errorText(failure)}
        </Note>
      )}
      <div className={styles.text}>
        <Text kind={kind} conversation={conversation} />
      </div>
      <p className={styles.last}>{t('manage.notUndone')}</p>
    </Dialog>
  );
}

function Text({ kind, conversation }: { kind: LoseDialogProps['kind']; conversation: Conversation }) {
  const { t } = useTranslation();
  const name = shortName(conversation.name);
  const { contact, queued } = conversation;
  switch (kind) {
    case 'clear':
      return (
        <>
          <p>{t('manage.clearText')}</p>
          {queued > 0 && <p>{t('manage.clearWaiting', { count: queued, name })}</p>}
          <p>{t('manage.clearKept', { name })}</p>
        </>
      );
    case 'leave':
      return (
        <>
          <p>{t('manage.leaveText')}</p>
          {queued > 0 && <p>{t('manage.clearWaiting', { count: queued, name })}</p>}
          <p>{t(contact === 'forgotten' ? 'manage.leaveForgotten' : 'manage.leaveKept', { name })}</p>
        </>
      );
    case 'forget':
      return (
        <>
          <p>{t('manage.forgetText', { name })}</p>
          {contact === 'asked' && <p>{t('manage.forgetAsked', { name })}</p>}
          <p>{t('manage.forgetLost', { name })}</p>
          <p>{t('manage.forgetKept', { name })}</p>
          <p>{t('manage.forgetChoice', { name })}</p>
        </>
      );
  }
}
