import { Check, CheckCheck, CircleDashed, FileDown, Mailbox, PencilLine, Undo2, Unplug } from 'lucide-react';
import { useCallback, useEffect, useState } from 'react';
import { backend, type Cancelled, type Delivery, type DeliveryStep, type Message } from '@/backend';
import { clockTime, dateAndTime, errorText, useTranslation } from '@/i18n';
import { shortName, useConversation } from '@/model';
import { classes, Dialog, Note, plainText, Spinner } from '@/ui';
import { CancelledNote, CancelMessage } from './CancelMessage';
import styles from './Delivery.module.css';
import { SaveFile } from './SaveFile';

/** How often what is shown is asked again while it waits, in milliseconds. */
const askEvery = 2000;

/** The way of one message of mine: what happened, what it waits for, and what can be done. */
export default function DeliveryDialog({ message, onClose }: { message: Message; onClose: () => void }) {
  const { t } = useTranslation();
  const conversation = useConversation(message.conversation);
  const [cancelled, setCancelled] = useState<Cancelled>();
  const [delivery, failure] = useDelivery(message.id, cancelled !== undefined);
  const name = shortName(conversation?.name ?? '');
  const done = delivery !== undefined && delivery.waiting === undefined;
  if (cancelled) {
    return (
      <Dialog title={t('delivery.cancel')} width="narrow" onClose={onClose}>
        <CancelledNote cancelled={cancelled} name={name} />
      </Dialog>
    );
  }
  return (
    <Dialog title={done ? t('delivery.titleDone') : t('delivery.title')} width="narrow" onClose={onClose}>
      <blockquote className={styles.quote} dir="auto">
        {plainText(message.text)}
      </blockquote>
      {failure !== undefined && (
        <Note kind="bad" role="alert">
          {errorText(failure)}
        </Note>
      )}
      {!delivery && failure === undefined && (
        <div role="status" aria-label={t('delivery.loading')}>
          <Spinner />
        </div>
      )}
      {delivery && (
        <ol className={styles.steps} aria-label={t('delivery.open')}>
          {delivery.steps.map((step, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: steps are only ever added at the end.
            <Step key={index} step={step} />
          ))}
        </ol>
      )}
      {delivery?.waiting && (
        <section className={styles.next} aria-live="polite">
          <h3 className={styles.heading}>{t('delivery.next')}</h3>
          <p>{waitText(delivery)}</p>
          {delivery.waiting.nextAt && (
            <p className={styles.time}>{t('delivery.nextAt', { time: secondsTime(delivery.waiting.nextAt) })}</p>
          )}
        </section>
      )}
      {delivery?.waiting?.canCancel && <CancelMessage message={message.id} name={name} onCancelled={setCancelled} />}
      {delivery?.waiting?.canSave && <SaveFile conversation={message.conversation} name={name} />}
    </Dialog>
  );

  function waitText({ waiting }: Delivery): string {
    if (!waiting) return '';
    if (waiting.code === 'stored' && waiting.server === '') return t('delivery.wait.storedSomewhere', { name });
    return t(`delivery.wait.${waiting.code}`, { name, server: waiting.server });
  }
}

/** What is known of a message, asked again until it is read or over. */
function useDelivery(message: string, over: boolean): [Delivery | undefined, unknown] {
  const [delivery, setDelivery] = useState<Delivery>();
  const [failure, setFailure] = useState<unknown>();
  const ask = useCallback(async (): Promise<boolean> => {
    try {
      const told = await backend().delivery(message);
      setDelivery(told);
      setFailure(undefined);
      return told.state !== 'read';
    } catch (reason) {
      setFailure(reason);
      return false;
    }
  }, [message]);
  useEffect(() => {
    if (over) return;
    let timer: ReturnType<typeof setTimeout> | undefined;
    let gone = false;
    const round = async () => {
      if ((await ask()) && !gone) timer = setTimeout(() => void round(), askEvery);
    };
    void round();
    return () => {
      gone = true;
      clearTimeout(timer);
    };
  }, [ask, over]);
  return [delivery, failure];
}

const icons = {
  written: PencilLine,
  tried: Unplug,
  stored: Mailbox,
  saved: FileDown,
  delivered: Check,
  read: CheckCheck,
  'too-late': Undo2,
} as const;

function Step({ step }: { step: DeliveryStep }) {
  const { t } = useTranslation();
  const Icon = icons[step.kind] ?? CircleDashed;
  const words =
    step.kind === 'stored'
      ? step.server
        ? t('delivery.step.stored', { server: step.server })
        : t('delivery.step.storedSomewhere')
      : t(`delivery.step.${step.kind}`);
  const way = step.kind === 'delivered' && step.way !== 'unknown' ? t(`delivery.way.${step.way}`) : '';
  return (
    <li className={classes(styles.step, step.kind === 'tried' && styles.vain)}>
      <Icon size={16} strokeWidth={1.75} aria-hidden="true" />
      <span className={styles.words}>
        {words}
        {way && <span className={styles.under}>{way}</span>}
        {step.until && <span className={styles.under}>{t('delivery.until', { date: dateAndTime(step.until) })}</span>}
      </span>
      {step.time ? (
        <time className={styles.time} dateTime={step.time}>
          {dateAndTime(step.time)}
        </time>
      ) : (
        <span className={styles.time}>{t('delivery.earlier')}</span>
      )}
    </li>
  );
}

/** A time that is near, with seconds. */
function secondsTime(time: string): string {
  return `${clockTime(time)}:${String(new Date(time).getSeconds()).padStart(2, '0')}`;
}
