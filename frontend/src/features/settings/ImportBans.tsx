import { FileUp } from 'lucide-react';
import { useRef, useState } from 'react';
import { BackendError, backend, type ImportedBans } from '@/backend';
import { errorText, number, useTranslation } from '@/i18n';
import { Button, Dialog, Note } from '@/ui';
import styles from './ImportBans.module.css';

/** The most bytes of a list, as in backend/app/banlist.go. */
const maxSize = 16 << 20;

/** Takes a list from a file, and tells which lines could not be taken. */
export function ImportBans({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation();
  const input = useRef<HTMLInputElement>(null);
  const [pending, setPending] = useState(false);
  const [imported, setImported] = useState<ImportedBans>();
  const [failure, setFailure] = useState<unknown>();

  async function read(file: File): Promise<void> {
    setPending(true);
    setFailure(undefined);
    setImported(undefined);
    try {
      if (file.size > maxSize) throw new BackendError({ code: 'bans-large', message: '', params: {} });
      setImported(await backend().importBans(await file.text()));
    } catch (reason) {
      setFailure(reason);
    }
    setPending(false);
  }

  return (
    <Dialog
      title={t('bans.importTitle')}
      onClose={onClose}
      footer={
        <>
          <Button onPress={onClose}>{t('bans.close')}</Button>
          <Button
            kind="primary"
            autoFocus
            icon={<FileUp size={16} strokeWidth={1.75} aria-hidden="true" />}
            pending={pending}
            onPress={() => input.current?.click()}
          >
            {pending ? t('bans.importing') : t('bans.chooseFile')}
          </Button>
        </>
      }
    >
      <p>{t('bans.importText')}</p>
      <input
        ref={input}
        type="file"
        accept=".txt,.list,.csv,.conf,text/plain"
        hidden
        aria-label={t('bans.chooseFile')}
        onChange={(event) => {
          const file = event.target.files?.[0];
          event.target.value = ''; // the same file may be chosen again
          if (file) void read(file);
        }}
      />
      {failure !== undefined && (
        <Note kind="bad" role="alert">
          {errorText(failure)}
        </Note>
      )}
      {imported && <Result imported={imported} />}
    </Dialog>
  );
}

function Result({ imported }: { imported: ImportedBans }) {
  const { t } = useTranslation();
  const { added, already, refused, errors } = imported;
  return (
    <>
      <Note kind={refused > 0 ? 'warn' : 'ok'} role="status">
        {t('bans.added', { count: added, formatted: number(added) })}{' '}
        {already > 0 && t('bans.already', { count: already, formatted: number(already) })}{' '}
        {refused > 0 && t('bans.refused', { count: refused, formatted: number(refused) })}
      </Note>
      {refused > 0 && (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by the keyboard
        <ol className={styles.refused} tabIndex={0} aria-label={t('bans.refusedLines')}>
          {errors.map((one) => (
            <li key={one.line}>
              <span className={styles.line}>{t('bans.line', { line: number(one.line) })}</span>
              <code className={styles.text}>{one.text}</code>
              <span className={styles.why}>{errorText(one.error)}</span>
            </li>
          ))}
        </ol>
      )}
      {refused > errors.length && <p>{t('bans.refusedFirst', { formatted: number(errors.length) })}</p>}
    </>
  );
}
