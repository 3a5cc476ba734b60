import { type FormEvent, useId, useRef, useState } from 'react';
import { errorText, fileSize, useTranslation } from '@/i18n';
import { showToast, useRestore } from '@/model';
import { Button, Dialog, FileDrop, Note, TextField } from '@/ui';
import { ProgressBar, Submit } from './BackupDialog';
import styles from './Storage.module.css';

/** Restores a backup where somebody is already: says what becomes of them before a file is asked for. */
export function RestoreDialog({ onClose, onRestored }: { onClose: () => void; onRestored: () => void }) {
  const { t } = useTranslation();
  const form = useId();
  const field = useRef<HTMLInputElement>(null);
  const [file, setFile] = useState<File>();
  const [passphrase, setPassphrase] = useState('');
  const { pending, reading, failure, wrong, forgive, restore } = useRestore();

  const close = () => {
    if (!pending) onClose();
  };

  async function submit(event: FormEvent): Promise<void> {
    event.preventDefault();
    if (!file || pending) return;
    const folder = await restore(file, passphrase, true);
    if (folder === undefined) return;
    showToast(t('lock.replaced', { folder }));
    onRestored();
    onClose();
  }

  return (
    <Dialog
      title={t('lock.restoreTitle')}
      width="narrow"
      onClose={close}
      footer={
        <>
          <Button onPress={close}>{t('app.cancel')}</Button>
          <Submit
            form={form}
            pending={pending}
            disabledReason={file ? undefined : t('lock.noFile')}
            label={pending ? t('lock.restoring') : t('lock.replace')}
          />
        </>
      }
    >
      <form id={form} className={styles.form} onSubmit={(event) => void submit(event)}>
        <p>{t('lock.replaceText')}</p>
        <p>{t('lock.oldDevice')}</p>
        {failure !== undefined && !wrong && (
          <Note kind="bad" role="alert">
            {errorText(failure)}
          </Note>
        )}
        <FileDrop
          accept=".tincan-backup"
          choose={file ? t('lock.other') : t('lock.choose')}
          onFile={(chosen) => {
            if (pending) return;
            setFile(chosen);
            forgive();
            field.current?.focus();
          }}
        >
          {file ? t('lock.chosen', { name: file.name, size: fileSize(file.size) }) : t('lock.drop')}
        </FileDrop>
        <TextField
          ref={field}
          label={t('lock.backupPassphrase')}
          secret
          value={passphrase}
          error={wrong ? errorText(failure) : undefined}
          onChange={(text) => {
            setPassphrase(text);
            if (wrong) forgive();
          }}
        />
        {pending && <ProgressBar reading={reading} />}
        <button type="submit" hidden />
      </form>
    </Dialog>
  );
}
