import { Archive, FolderOpen } from 'lucide-react';
import { useCallback, useEffect, useState } from 'react';
import { backend, type Every, type Storage } from '@/backend';
import { dateAndTime, errorText, fileSize, gap, useTranslation } from '@/i18n';
import { Button, Card, Note } from '@/ui';
import { AutomaticBackup } from './AutomaticBackup';
import { BackupDialog } from './BackupDialog';
import { KeyProtection } from './KeyProtection';
import { PageHead } from './Parts';
import { RestoreDialog } from './RestoreDialog';
import styles from './Storage.module.css';

const parts = ['messages', 'search', 'pictures', 'snapshots', 'other'] as const;

/** How much each part takes; search index and pictures are in the database, too. */
function sizesOf(storage: Storage): Record<(typeof parts)[number], number> {
  const { database, search, pictures, snapshots, other } = storage;
  return { messages: Math.max(0, database - search - pictures), search, pictures, snapshots, other };
}

/** What the profile takes on the disk, its backup, and how its keys are protected. */
export function StoragePage() {
  const { t } = useTranslation();
  const [storage, setStorage] = useState<Storage>();
  const [failure, setFailure] = useState<unknown>();
  // What a backup is made for: by hand, or from then on by itself.
  const [backingUp, setBackingUp] = useState<Every>();
  const [restoring, setRestoring] = useState(false);
  // Another profile has its keys elsewhere: what is known of them begins anew.
  const [restores, setRestores] = useState(0);
  // A browser has no folders to show.
  const [window, setWindow] = useState(false);

  const load = useCallback(() => {
    backend().storage().then(setStorage, setFailure);
  }, []);
  useEffect(load, [load]);
  useEffect(() => {
    backend()
      .desktop()
      .then(
        (state) => setWindow(state.window),
        () => undefined,
      );
  }, []);
  const showFolder = () => {
    setFailure(undefined);
    backend().showFolder().catch(setFailure);
  };

  return (
    <>
      <PageHead title={t('settings.page.storage')}>{t('lock.about')}</PageHead>
      {failure !== undefined && (
        <Note kind="bad" role="alert">
          {errorText(failure)}
        </Note>
      )}
      {storage && <Sizes storage={storage} onShow={window ? showFolder : undefined} />}
      <Note
        kind={storage?.backupAt ? 'ok' : 'plain'}
        icon={<Archive size={18} strokeWidth={1.75} aria-hidden="true" />}
        action={
          <Button kind="primary" size="small" onPress={() => setBackingUp('')}>
            {t('lock.backUp')}
          </Button>
        }
      >
        {storage?.backupAt ? (
          <>
            <b>{t('lock.last', { when: dateAndTime(storage.backupAt) })}</b>
            {gap()}
            {t(storage.automatic.last ? 'lock.lastAuto' : 'lock.lastWhat', {
              size: fileSize(storage.backupSize),
              name: storage.backupName,
            })}
          </>
        ) : (
          <>
            <b>{t('lock.never')}</b>
            {gap()}
            {t('lock.neverText')}
          </>
        )}
      </Note>
      {storage && (
        <AutomaticBackup
          now={storage.automatic}
          onStart={setBackingUp}
          onRestore={() => setRestoring(true)}
          onChanged={load}
        />
      )}
      <KeyProtection key={restores} />
      {restoring && (
        <RestoreDialog
          onClose={() => setRestoring(false)}
          onRestored={() => {
            setRestores((count) => count + 1);
            load();
          }}
        />
      )}
      {backingUp !== undefined && (
        <BackupDialog
          every={backingUp}
          onClose={() => {
            setBackingUp(undefined);
            load();
          }}
        />
      )}
    </>
  );
}

function Sizes({ storage, onShow }: { storage: Storage; onShow: (() => void) | undefined }) {
  const { t } = useTranslation();
  const sizes = sizesOf(storage);
  const shown = parts.filter((part) => sizes[part] > 0);
  return (
    <Card className={styles.sizes}>
      <div className={styles.head}>
        <p>
          <b className={styles.total}>{t('lock.used', { size: fileSize(storage.total) })}</b>
          {storage.free >= 0 && <span className={styles.free}>{t('lock.free', { size: fileSize(storage.free) })}</span>}
        </p>
        {onShow && (
          <Button size="small" icon={<FolderOpen size={16} strokeWidth={2} aria-hidden="true" />} onPress={onShow}>
            {t('lock.showFolder')}
          </Button>
        )}
      </div>
      <div className={styles.bar} aria-hidden="true">
        {shown.map((part) => (
          <span key={part} className={styles[part]} style={{ flexGrow: sizes[part] }} />
        ))}
      </div>
      <ul className={styles.legend}>
        {shown.map((part) => (
          <li key={part}>
            <span className={`${styles.dot} ${styles[part]}`} aria-hidden="true" />
            {t(`lock.part.${part}`)} {fileSize(sizes[part])}
          </li>
        ))}
      </ul>
    </Card>
  );
}
