import { useState } from 'react';
import { backend, type Conversation, type Message } from '@/backend';
import { errorText, useTranslation } from '@/i18n';
import { aimOf, endEdit, removeMessages, shortName, useSession } from '@/model';
import { Button, Dialog, Note, plainText } from '@/ui';
import { limitsOf, takesBack } from './actions';
import styles from './DeleteDialog.module.css';

export interface DeleteDialogProps {
  message: Message;
  conversation: Conversation;
  onClose: () => void;
}

/** Asks for whom a message is deleted, and says what that does and what it cannot do. */
export default function DeleteDialog({ message, conversation, onClose }: DeleteDialogProps) {
  const { t } = useTranslation();
  const name = shortName(conversation.name);
  const problem = useSession((state) => state.problem);
  const [pending, setPending] = useState<'everyone' | 'me'>();
  const [failure, setFailure] = useState<unknown>();
  const everyone = takesBack(message, limitsOf(conversation, problem));
  // One of mine that has not arrived goes on to them, and is erased here after that.
  const waiting = message.mine && (message.state === 'queued' || message.state === 'stored');

  async function remove(forEveryone: boolean): Promise<void> {
    if (pending) return;
    setPending(forEveryone ? 'everyone' : 'me');
    try {
      await backend().deleteMessage(message.conversation, message.id, forEveryone);
      if (aimOf(message.conversation).edit?.message.id === message.id) endEdit(message.conversation);
      if (!forEveryone) removeMessages([message.id]);
      onClose();
    } catch (refusal) {
      setFailure(refusal);
      setPending(undefined);
    }
  }

  const here = t(message.deleted ? 'message.removeDeletedText' : 'message.removeText', { name });
  return (
    <Dialog
      title={t(everyone ? 'message.deleteTitle' : 'message.deleteHereTitle')}
      role="alertdialog"
      onClose={onClose}
      footer={
        <>
          <Button autoFocus onPress={onClose}>
            {t('app.cancel')}
          </Button>
          <Button
            kind={everyone ? 'danger' : 'dangerFill'}
            pending={pending === 'me'}
            onPress={() => void remove(false)}
          >
            {pending === 'me' ? t('message.deleting') : t(everyone ? 'message.deleteForMe' : 'message.removeHere')}
          </Button>
          {everyone && (
            <Button kind="dangerFill" pending={pending === 'everyone'} onPress={() => void remove(true)}>
              {pending === 'everyone' ? t('message.deleting') : t('message.deleteForEveryone')}
            </Button>
          )}
        </>
      }
    >
      {failure !== undefined && (
        <Note kind="bad" role="alert">
          {errorText(failure)}
        </Note>
      )}
      {!message.deleted && (
        <blockquote className={styles.text} dir="auto">
          {plainText(message.text)}
        </blockquote>
      )}
      {everyone ? (
        <>
          <section className={styles.way}>
            <h3>{t('message.forMe')}</h3>
            <p>{t(waiting ? 'message.forMeWaiting' : 'message.forMeText', { name })}</p>
          </section>
          <section className={styles.way}>
            <h3>{t('message.everyone')}</h3>
            <p>{t('message.everyoneText', { name })}</p>
            <p>
              {t('message.everyoneLimit', { name })}
              {message.state === 'stored' && ` ${t('message.everyoneMail', { name })}`}
            </p>
          </section>
        </>
      ) : (
        <p>{waiting && !message.deleted ? t('message.forMeWaiting', { name }) : here}</p>
      )}
      <p className={styles.last}>{t('message.notUndone')}</p>
    </Dialog>
  );
}
