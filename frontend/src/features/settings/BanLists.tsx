import { Download, Trash2, Upload } from 'lucide-react';
import { useState } from 'react';
import { backend } from '@/backend';
import { errorText, number, useTranslation } from '@/i18n';
import { showToast } from '@/model';
import { Button, Dialog, DotsMenu, Note } from '@/ui';
import styles from './Bans.module.css';
import { ImportBans } from './ImportBans';

/** The list as a file: in, out, and away. */
export function BanLists({ count }: { count: number }) {
  const { t } = useTranslation();
  const [dialog, setDialog] = useState<'import' | 'clear'>();
  const [pending, setPending] = useState(false);

  async function write(): Promise<void> {
    setPending(true);
    try {
      const saved = await backend().exportBans();
      showToast(t('bans.exported', { count: saved.count, formatted: number(saved.count), path: saved.path }));
    } catch (reason) {
      showToast(errorText(reason));
    } finally {
      setPending(false);
    }
  }

  return (
    <div className={styles.lists}>
      <Button
        size="small"
        icon={<Upload size={16} strokeWidth={1.75} aria-hidden="true" />}
        onPress={() => setDialog('import')}
      >
        {t('bans.import')}
      </Button>
      <Button
        size="small"
        icon={<Download size={16} strokeWidth={1.75} aria-hidden="true" />}
        pending={pending}
        disabledReason={count === 0 ? t('settings.noBans') : undefined}
        onPress={() => void write()}
      >
        {pending ? t('bans.exporting') : t('bans.export')}
      </Button>
      {count > 0 && (
        <DotsMenu
          label={t('settings.column.options')}
          entries={[
            {
              id: 'clear',
              label: t('bans.clear'),
              icon: <Trash2 size={16} strokeWidth={1.75} aria-hidden="true" />,
              danger: true,
              run: () => setDialog('clear'),
            },
          ]}
        />
      )}
      {dialog === 'import' && <ImportBans onClose={() => setDialog(undefined)} />}
      {dialog === 'clear' && <ClearBans count={count} onClose={() => setDialog(undefined)} />}
    </div>
  );
}

/** Asks before the whole list goes. */
function ClearBans({ count, onClose }: { count: number; onClose: () => void }) {
  const { t } = useTranslation();
  const [pending, setPending] = useState(false);
  const [failure, setFailure] = useState<unknown>();

  async function clear(): Promise<void> {
    setPending(true);
    try {
      const gone = await backend().clearBans();
      showToast(t('bans.cleared', { count: gone, formatted: number(gone) }));
      onClose();
    } catch (reason) {
      setFailure(reason);
      setPending(false);
    }
  }

  return (
    <Dialog
      title={t('bans.clearTitle', { count, formatted: number(count) })}
      width="narrow"
      role="alertdialog"
      onClose={onClose}
      footer={
        <>
          <Button autoFocus onPress={onClose}>
            {t('app.cancel')}
          </Button>
          <Button kind="dangerFill" pending={pending} onPress={() => void clear()}>
            {t('bans.clearConfirm')}
          </Button>
        </>
      }
    >
      {failure !== undefined && (
        <Note kind="bad" role="alert">
          {errorText(failure)}
        </Note>
      )}
      <p>{t('bans.clearText')}</p>
    </Dialog>
  );
}
