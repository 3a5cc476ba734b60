import { FileCheck } from 'lucide-react';
import { useState } from 'react';
import { backend, type SavedExport } from '@/backend';
import { errorText, i18n, useTranslation } from '@/i18n';
import styles from './Details.module.css';

/** Saves the conversation, signed, as a page to read and a file that a program can check. */
export function ExportTalk({ conversation }: { conversation: string }) {
  const { t } = useTranslation();
  const [pending, setPending] = useState(false);
  const [saved, setSaved] = useState<SavedExport>();
  const [failure, setFailure] = useState<unknown>();

  async function save(): Promise<void> {
    if (pending) return;
    setPending(true);
    setFailure(undefined);
    setSaved(undefined);
    try {
      setSaved(await backend().exportConversation(conversation, i18n.language));
    } catch (reason) {
      setFailure(reason);
    }
    setPending(false);
  }

  return (
    <>
      <button type="button" className={styles.action} aria-disabled={pending} onClick={() => void save()}>
        <FileCheck size={18} strokeWidth={1.75} aria-hidden="true" />
        {pending ? t('lock.exporting') : t('lock.export')}
      </button>
      <p className={styles.saved} role="status">
        {saved && t('lock.exported', { count: saved.messages, path: saved.path })}
      </p>
      {failure !== undefined && (
        <p className={styles.failure} role="alert">
          {errorText(failure)}
        </p>
      )}
    </>
  );
}
