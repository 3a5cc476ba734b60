import { FileDown } from 'lucide-react';
import { useState } from 'react';
import { backend, type SavedBundle } from '@/backend';
import { dateOf, errorText, useTranslation } from '@/i18n';
import { useCall } from '@/model';
import { Button, Note } from '@/ui';
import styles from './Delivery.module.css';

/** Saves what somebody is missing to a file that can be carried to them. */
export function SaveFile({ conversation, name }: { conversation: string; name: string }) {
  const { t } = useTranslation();
  const { pending, failure, run } = useCall();
  const [saved, setSaved] = useState<SavedBundle>();

  const save = () => run(async () => setSaved(await backend().saveBundle(conversation)));

  return (
    <section className={styles.file}>
      {failure !== undefined && (
        <Note kind="bad" role="alert">
          {errorText(failure)}
        </Note>
      )}
      {saved ? (
        <Note kind="ok" role="status">
          <span className={styles.path} dir="ltr">
            {t('delivery.saved', { path: saved.path })}
          </span>
          <span className={styles.under}>{t('delivery.savedUntil', { name, date: dateOf(saved.until) })}</span>
          {saved.more && <span className={styles.under}>{t('delivery.savedMore')}</span>}
        </Note>
      ) : (
        <>
          <Button
            size="small"
            icon={<FileDown size={16} strokeWidth={1.75} aria-hidden="true" />}
            pending={pending}
            onPress={save}
          >
            {pending ? t('delivery.saving') : t('delivery.save', { name })}
          </Button>
          <p className={styles.help}>{t('delivery.saveHelp', { name })}</p>
        </>
      )}
    </section>
  );
}
