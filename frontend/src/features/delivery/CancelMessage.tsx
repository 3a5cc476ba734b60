import { Undo2 } from 'lucide-react';
import { backend, type Cancelled } from '@/backend';
import { errorText, useTranslation } from '@/i18n';
import { useCall } from '@/model';
import { Button, Note } from '@/ui';
import styles from './Delivery.module.css';

/** Takes a message back that is not delivered. What came of it is told with CancelledNote. */
export function CancelMessage({
  message,
  name,
  onCancelled,
}: {
  message: string;
  name: string;
  onCancelled: (cancelled: Cancelled) => void;
}) {
  const { t } = useTranslation();
  const { pending, failure, run } = useCall();

  const cancel = () => run(async () => onCancelled(await backend().cancelMessage(message)));

  return (
    <section className={styles.file}>
      {failure !== undefined && (
        <Note kind="bad" role="alert">
          {errorText(failure)}
        </Note>
      )}
      <Button
        size="small"
        icon={<Undo2 size={16} strokeWidth={1.75} aria-hidden="true" />}
        pending={pending}
        onPress={cancel}
      >
        {pending ? t('delivery.cancelling') : t('delivery.cancel')}
      </Button>
      <p className={styles.help}>{t('delivery.cancelHelp', { name })}</p>
    </section>
  );
}

/** How far a message had come that was taken back. */
export function CancelledNote({ cancelled, name }: { cancelled: Cancelled; name: string }) {
  const { t } = useTranslation();
  const { outcome, server } = cancelled;
  return (
    <Note kind={outcome === 'late' ? 'warn' : 'ok'} role="status">
      {outcome === 'server' && server === ''
        ? t('delivery.cancelled.serverSomewhere', { name })
        : t(`delivery.cancelled.${outcome}`, { name, server })}
    </Note>
  );
}
