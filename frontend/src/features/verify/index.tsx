import { useEffect, useState } from 'react';
import { backend, type Conversation } from '@/backend';
import { dateOf, errorText, useTranslation } from '@/i18n';
import { shortName } from '@/model';
import { Button, Dialog, Note, TrustIcon } from '@/ui';
import { Differs } from './Differs';
import { EmojiCheck } from './EmojiCheck';
import { NumberPart } from './NumberPart';
import styles from './Verify.module.css';

/** Compares with a contact: by number, by code, or by emoji over the line. */
export default function VerifyDialog({ conversation, onClose }: { conversation: Conversation; onClose: () => void }) {
  const { trust } = conversation.verified;
  const [again, setAgain] = useState(false);
  useFocusBack();
  if (trust === 'differs' && !again) {
    return <Differs conversation={conversation} onAgain={() => setAgain(true)} onClose={onClose} />;
  }
  if (conversation.check) return <EmojiCheck conversation={conversation} onClose={onClose} />;
  return <Compare conversation={conversation} onDiffer={() => setAgain(false)} onClose={onClose} />;
}

/** The focus goes back to where it was before the first of the dialogs that follow one another. */
function useFocusBack(): void {
  const [before] = useState(() => document.activeElement);
  useEffect(
    () => () => {
      // The last dialog gives it back to the one before, which is gone, and leaves it nowhere.
      setTimeout(() => {
        const lost = document.activeElement === null || document.activeElement === document.body;
        if (lost && before instanceof HTMLElement && before.isConnected) before.focus();
      }, 50);
    },
    [before],
  );
}

interface CompareProps {
  conversation: Conversation;
  onDiffer: () => void;
  onClose: () => void;
}

function Compare({ conversation, onDiffer, onClose }: CompareProps) {
  const { t } = useTranslation();
  const { trust } = conversation.verified;
  const [busy, setBusy] = useState<'match' | 'differ' | 'withdraw' | 'emoji'>();
  const [failure, setFailure] = useState<unknown>();

  async function run(what: NonNullable<typeof busy>, call: () => Promise<unknown>): Promise<void> {
    if (busy) return;
    setBusy(what);
    setFailure(undefined);
    try {
      await call();
      if (what === 'differ') onDiffer();
    } catch (reason) {
      setFailure(reason);
    } finally {
      setBusy(undefined);
    }
  }

  const emoji = (
    <div className={styles.emojiOffer}>
      <p className={styles.help}>{t('verify.emojiHelp')}</p>
      <Button pending={busy === 'emoji'} onPress={() => void run('emoji', () => backend().startCheck(conversation.id))}>
        {t('verify.emoji')}
      </Button>
    </div>
  );
  return (
    <Dialog
      title={t('verify.title', { name: conversation.name })}
      width="wide"
      onClose={onClose}
      footer={
        trust === 'compared' ? (
          <>
            <Button
              key="withdraw"
              kind="quiet"
              className={styles.apart ?? ''}
              pending={busy === 'withdraw'}
              onPress={() => void run('withdraw', () => backend().unverify(conversation.id))}
            >
              {t('verify.withdraw')}
            </Button>
            <Button key="done" kind="primary" autoFocus onPress={onClose}>
              {t('verify.done')}
            </Button>
          </>
        ) : (
          <>
            <Button
              kind="danger"
              className={styles.apart ?? ''}
              pending={busy === 'differ'}
              onPress={() => void run('differ', () => backend().verify(conversation.id, false))}
            >
              {t('verify.differ')}
            </Button>
            <Button kind="quiet" autoFocus onPress={onClose}>
              {t('verify.later')}
            </Button>
            <Button
              kind="primary"
              pending={busy === 'match'}
              onPress={() => void run('match', () => backend().verify(conversation.id, true))}
            >
              {busy === 'match' ? t('verify.saving') : t('verify.match')}
            </Button>
          </>
        )
      }
    >
      {failure !== undefined && (
        <Note kind="bad" role="alert">
          {errorText(failure)}
        </Note>
      )}
      <Known conversation={conversation} />
      <NumberPart conversation={conversation} />
      {trust === 'none' || trust === 'link' ? emoji : null}
    </Dialog>
  );
}

/** How they are known now, and what to do. */
function Known({ conversation }: { conversation: Conversation }) {
  const { t } = useTranslation();
  const name = shortName(conversation.name);
  const { trust, method, since } = conversation.verified;
  const date = since ? dateOf(since) : '';
  const kind = trust === 'compared' ? 'ok' : trust === 'none' || trust === 'link' ? 'plain' : 'bad';
  return (
    <Note kind={kind} role="status" icon={<TrustIcon trust={trust} />}>
      {trust === 'compared' && (
        <>
          <b className={styles.head}>
            {method === 'emoji' ? t('verify.comparedEmoji', { date }) : t('verify.comparedNumber', { date })}
          </b>
          {t('verify.comparedText')}
        </>
      )}
      {trust === 'differs' && t('verify.differsBefore', { date, name })}
      {trust === 'changed' && t('keychange.changed', { name })}
      {trust === 'forked' && t('keychange.forked', { name })}
      {trust === 'link' && t('verify.linkText', { name })}
      {trust === 'none' && t('verify.noneText', { name })}
    </Note>
  );
}
