import { FileUp } from 'lucide-react';
import { useRef, useState } from 'react';
import { BackendError, backend, type ImportedBundle } from '@/backend';
import { errorText, useTranslation } from '@/i18n';
import { shortName, useCall, useConversation } from '@/model';
import { Button, Dialog, Note } from '@/ui';
import styles from './Delivery.module.css';
import { SaveFile } from './SaveFile';

/** The most bytes of a file, as in backend/bundle. */
const maxSize = 16 << 20;

/** Messages by file: save what they miss, open what they made. */
export default function FileDialog({ conversation, onClose }: { conversation: string; onClose: () => void }) {
  const { t } = useTranslation();
  const name = shortName(useConversation(conversation)?.name ?? '');
  return (
    <Dialog title={t('delivery.byFile')} width="narrow" onClose={onClose}>
      <p>{t('delivery.byFileText', { name })}</p>
      <SaveFile conversation={conversation} name={name} />
      <OpenFile name={name} />
    </Dialog>
  );
}

function OpenFile({ name }: { name: string }) {
  const { t } = useTranslation();
  const input = useRef<HTMLInputElement>(null);
  const { pending, failure, run } = useCall();
  const [imported, setImported] = useState<ImportedBundle>();

  function open(file: File): void {
    setImported(undefined);
    run(async () => {
      if (file.size > maxSize) throw new BackendError({ code: 'bundle-none', message: '', params: {} });
      setImported(await backend().importBundle(await base64(file)));
    });
  }

  return (
    <section className={styles.file}>
      {failure !== undefined && (
        <Note kind="bad" role="alert">
          {errorText(failure)}
        </Note>
      )}
      {imported && (
        <Note kind={imported.damaged ? 'warn' : 'ok'} role="status">
          {imported.known ? t('delivery.importedKnown') : t('delivery.imported', { count: imported.entries })}
          {imported.damaged && <span className={styles.under}>{t('delivery.importedDamaged')}</span>}
        </Note>
      )}
      <input
        ref={input}
        type="file"
        accept=".tincan"
        hidden
        aria-label={t('delivery.openFile', { name })}
        onChange={(event) => {
          const file = event.target.files?.[0];
          event.target.value = ''; // the same file may be chosen again
          if (file) open(file);
        }}
      />
      <Button
        size="small"
        icon={<FileUp size={16} strokeWidth={1.75} aria-hidden="true" />}
        pending={pending}
        onPress={() => input.current?.click()}
      >
        {pending ? t('delivery.opening') : t('delivery.openFile', { name })}
      </Button>
    </section>
  );
}

/** A file in base64, without the head of a data address. */
async function base64(file: File): Promise<string> {
  const address = await new Promise<string>((done, failed) => {
    const reader = new FileReader();
    reader.onload = () => done(reader.result as string);
    reader.onerror = () => failed(new BackendError({ code: 'bundle-none', message: '', params: {} }));
    reader.readAsDataURL(file);
  });
  return address.slice(address.indexOf(',') + 1);
}
