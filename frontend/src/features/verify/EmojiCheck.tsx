import { CircleAlert, ShieldCheck, Smile } from 'lucide-react';
import { useEffect, useState } from 'react';
import { backend, type Check, type Conversation } from '@/backend';
import { errorText, useTranslation } from '@/i18n';
import { shortName } from '@/model';
import { Button, Dialog, Note, Spinner } from '@/ui';
import styles from './Verify.module.css';

type Answer = 'yes' | 'no' | 'same' | 'differ' | 'retry';

/** A comparison by emoji, from the question to its end. */
export function EmojiCheck({ conversation, onClose }: { conversation: Conversation; onClose: () => void }) {
  const { t } = useTranslation();
  const [busy, setBusy] = useState<Answer>();
  const [failure, setFailure] = useState<unknown>();
  const { check, id } = conversation;
  if (!check) return null;

  async function answer(what: Answer): Promise<void> {
    if (busy) return;
    setBusy(what);
    setFailure(undefined);
    try {
      if (what === 'yes' || what === 'no') await backend().answerCheck(id, what === 'yes');
      else if (what === 'retry') await backend().startCheck(id);
      else await backend().finishCheck(id, what === 'same');
    } catch (reason) {
      setFailure(reason);
    } finally {
      setBusy(undefined);
    }
  }

  async function close(): Promise<void> {
    // What is over is put away; what is under way goes on.
    if (check?.state === 'done' || check?.state === 'ended') await answer('no');
    onClose();
  }

  return (
    <Dialog
      title={t('verify.title', { name: conversation.name })}
      width="wide"
      onClose={() => void close()}
      footer={<Answers check={check} busy={busy} onAnswer={(what) => void answer(what)} onClose={() => void close()} />}
    >
      {failure !== undefined && (
        <Note kind="bad" role="alert">
          {errorText(failure)}
        </Note>
      )}
      <Standing check={check} name={shortName(conversation.name)} />
      {check.emoji.length > 0 && <Shown check={check} />}
    </Dialog>
  );
}

/** The seven, each with its name, to be read to one another. */
function Shown({ check }: { check: Check }) {
  const { t } = useTranslation();
  return (
    <ol className={styles.emoji} aria-label={t('verify.emojiLabel')}>
      {check.emoji.map(({ number, emoji }, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: an emoji is its place; two may be alike.
        <li key={index} className={styles.one}>
          <span className={styles.picture} aria-hidden="true">
            {emoji}
          </span>
          {/* The keys are n0 to n63, as the backend counts. */}
          {t(`emoji.n${number}` as 'emoji.n0')}
        </li>
      ))}
    </ol>
  );
}

function Standing({ check, name }: { check: Check; name: string }) {
  const { t } = useTranslation();
  const smile = <Smile size={18} strokeWidth={1.75} aria-hidden="true" />;
  switch (check.state) {
    case 'waiting':
    case 'preparing':
      return (
        <Note role="status" icon={<Spinner small />}>
          {check.state === 'waiting' ? t('verify.waiting', { name }) : t('verify.preparing')}
        </Note>
      );
    case 'asked':
      return (
        <Note kind="accent" icon={smile}>
          <b className={styles.head}>{t('verify.asks', { name })}</b>
          {t('verify.asksText')} {t('verify.emojiHelp')}
        </Note>
      );
    case 'comparing':
      return (
        <Note role="status" icon={smile}>
          {check.said ? t('verify.said', { name }) : t('verify.look', { name })}
          {check.theySaid && ` ${t('verify.theySaid', { name })}`}
        </Note>
      );
    case 'done':
      return (
        <Note kind="ok" role="status" icon={<ShieldCheck size={18} strokeWidth={1.75} aria-hidden="true" />}>
          <b className={styles.head}>{t('verify.both')}</b>
          {t('verify.comparedText')}
        </Note>
      );
    case 'ended':
      return (
        <Note kind="bad" role="alert" icon={<CircleAlert size={18} strokeWidth={1.75} aria-hidden="true" />}>
          {errorText(check.error)}
        </Note>
      );
  }
}

/** How long the emoji are there before they can be said to match, in milliseconds. */
const readFor = 1000;

/** Comes where "Compare" was a moment ago: a second press there must not say that they match. */
function Match({ pending, onPress }: { pending: boolean; onPress: () => void }) {
  const { t } = useTranslation();
  const [read, setRead] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setRead(true), readFor);
    return () => clearTimeout(timer);
  }, []);
  return (
    <Button
      kind="primary"
      pending={pending}
      disabledReason={read ? undefined : t('verify.readFirst')}
      onPress={onPress}
    >
      {t('verify.match')}
    </Button>
  );
}

interface AnswersProps {
  check: Check;
  busy: Answer | undefined;
  onAnswer: (what: Answer) => void;
  onClose: () => void;
}

/** Each has a key: without, the focus would stay on whatever came in a button's place, "They don't match" where "Stop" was. */
function Answers({ check, busy, onAnswer, onClose }: AnswersProps) {
  const { t } = useTranslation();
  switch (check.state) {
    case 'asked':
      return (
        <>
          <Button key="decline" pending={busy === 'no'} onPress={() => onAnswer('no')}>
            {t('verify.decline')}
          </Button>
          <Button key="agree" kind="primary" autoFocus pending={busy === 'yes'} onPress={() => onAnswer('yes')}>
            {t('verify.agree')}
          </Button>
        </>
      );
    case 'waiting':
    case 'preparing':
      return (
        <Button key="stop" autoFocus pending={busy === 'no'} onPress={() => onAnswer('no')}>
          {t('verify.stop')}
        </Button>
      );
    case 'comparing':
      return (
        <>
          <Button
            key="differ"
            kind="danger"
            className={styles.apart ?? ''}
            pending={busy === 'differ'}
            onPress={() => onAnswer('differ')}
          >
            {t('verify.differ')}
          </Button>
          <Button key="stop" kind="quiet" pending={busy === 'no'} onPress={() => onAnswer('no')}>
            {t('verify.stop')}
          </Button>
          {!check.said && <Match key="match" pending={busy === 'same'} onPress={() => onAnswer('same')} />}
        </>
      );
    case 'done':
      return (
        <Button key="done" kind="primary" autoFocus onPress={onClose}>
          {t('verify.done')}
        </Button>
      );
    case 'ended': {
      // After a doubt the number in person is what helps, not another try over the same line.
      const doubt = check.error?.code === 'check-broken' || check.error?.code === 'check-differs';
      return (
        <>
          <Button
            key="retry"
            kind={doubt ? 'outline' : 'primary'}
            autoFocus={!doubt}
            pending={busy === 'retry'}
            onPress={() => onAnswer('retry')}
          >
            {t('verify.retry')}
          </Button>
          <Button
            key="number"
            kind={doubt ? 'primary' : 'outline'}
            autoFocus={doubt}
            pending={busy === 'no'}
            onPress={() => onAnswer('no')}
          >
            {t('verify.theNumber')}
          </Button>
        </>
      );
    }
  }
}
