import { useState } from 'react';
import { backend, type Conversation, toBackendError } from '@/backend';
import { errorText, useTranslation } from '@/i18n';
import {
  aimOf,
  endEdit,
  endSelection,
  followSelection,
  removeMessages,
  selectedInOrder,
  selection,
  shortName,
  showToast,
} from '@/model';
import { Button, Dialog, Note } from '@/ui';
import styles from './DeleteDialog.module.css';

/** Asks before the messages that are selected leave this computer. */
export default function RemoveDialog({ conversation, onClose }: { conversation: Conversation; onClose: () => void }) {
  const { t } = useTranslation();
  const [chosen] = useState(() => selectedInOrder(selection.getState()));
  const [done, setDone] = useState<number>();
  const [failure, setFailure] = useState<{ reason: unknown; left: number }>();
  const name = shortName(conversation.name);
  const waiting = chosen.some(
    ({ mine, deleted, state }) => mine && !deleted && (state === 'queued' || state === 'stored'),
  );

  async function remove(): Promise<void> {
    if (done !== undefined) return;
    setFailure(undefined);
    const still = selection.getState().messages;
    const all = chosen.filter(({ id }) => still.has(id));
    const gone: string[] = [];
    let refused: unknown;
    for (const { id } of all) {
      setDone(gone.length);
      try {
        await backend().deleteMessage(conversation.id, id, false);
      } catch (reason) {
        // Meanwhile it left by itself.
        if (toBackendError(reason).code !== 'no-message') {
          refused = reason;
          break;
        }
      }
      gone.push(id);
    }
    setDone(undefined);
    const edited = aimOf(conversation.id).edit?.message.id;
    if (edited !== undefined && gone.includes(edited)) endEdit(conversation.id);
    if (refused !== undefined) {
      removeMessages(gone);
      followSelection([], gone);
      setFailure({ reason: refused, left: all.length - gone.length });
      return;
    }
    endSelection();
    removeMessages(gone);
    showToast(t('selection.removed', { count: gone.length }));
    onClose();
  }

  const count = failure?.left ?? chosen.length;
  return (
    <Dialog
      title={t('selection.removeTitle', { count })}
      role="alertdialog"
      width="narrow"
      onClose={() => {
        if (done === undefined) onClose();
      }}
      footer={
        <>
          <Button autoFocus disabledReason={done === undefined ? undefined : t('message.deleting')} onPress={onClose}>
            {t('app.cancel')}
          </Button>
          <Button kind="dangerFill" pending={done !== undefined} onPress={() => void remove()}>
            {done === undefined ? t('selection.removeNow') : t('selection.removing', { done, count })}
          </Button>
        </>
      }
    >
      {failure && (
        <Note kind="bad" role="alert">
          {errorText(failure.reason)} {t('selection.left', { count: failure.left })}
        </Note>
      )}
      <p>{t('selection.removeText', { name })}</p>
      {waiting && <p>{t('selection.removeWaiting', { name })}</p>}
      <p className={styles.last}>{t('message.notUndone')}</p>
    </Dialog>
  );
}
