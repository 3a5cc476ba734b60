import { Unplug } from 'lucide-react';
import { useTranslation } from '@/i18n';
import { closeDialog, useSession } from '@/model';
import { Button, Dialog, Note, Spinner } from '@/ui';
import styles from './App.module.css';
import { useLasting } from './useLasting';

/** In the place of a part that is on its way; when it takes long it says why. One that is mostly there at once does not turn. */
export function Coming({ still = false }: { still?: boolean }) {
  const long = useLasting(true);
  return <div className={styles.middle}>{long ? <Reason /> : !still && <Spinner />}</div>;
}

/** The same for a dialog; it opens when it is there, unless it is closed before. */
export function ComingDialog() {
  const { t } = useTranslation();
  if (!useLasting(true)) return null;
  return (
    <Dialog title={t('app.coming')} width="narrow" onClose={closeDialog}>
      <Reason />
    </Dialog>
  );
}

function Reason() {
  const { t } = useTranslation();
  const lost = useSession((state) => state.lost);
  if (lost) {
    return (
      <Note kind="bad" role="alert" icon={<Unplug size={18} strokeWidth={1.75} aria-hidden="true" />}>
        <b>{t('problems.lostTitle')}</b> {t('app.comingLost')}
      </Note>
    );
  }
  // The program may be a newer one, which has no part by this name any more.
  return (
    <Note
      kind="warn"
      role="status"
      action={
        <Button size="small" onPress={() => location.reload()}>
          {t('app.reload')}
        </Button>
      }
    >
      {t('app.comingLate')}
    </Note>
  );
}
