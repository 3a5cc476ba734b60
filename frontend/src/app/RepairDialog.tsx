import { backend } from '@/backend';
import { errorText, number, useTranslation } from '@/i18n';
import { useCall, useSession } from '@/model';
import { Button, Dialog, focusWhenLost, Note, Progress } from '@/ui';
import styles from './RepairDialog.module.css';

/**
 * Asks before a damaged history is made anew, shows how far that is, and what came of it. It may be closed meanwhile: the
 * work goes on, and the bar at the top leads back here.
 */
export default function RepairDialog({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation();
  const repair = useSession((state) => state.repair);
  const damaged = useSession((state) => state.problem?.code === 'database-damaged');
  const notice = useSession((state) => state.notice);
  const { pending, failure: refused, run: ask } = useCall();
  const failure = refused ?? repair?.error;

  const phase = !damaged ? 'done' : repair?.running ? 'running' : 'ask';
  const main = {
    ask: {
      kind: 'primary',
      label: failure === undefined ? t('repair.begin') : t('app.retry'),
      run: () => ask(() => backend().repair()),
    },
    running: { kind: 'outline', label: t('repair.behind'), run: onClose },
    done: { kind: 'primary', label: t('app.close'), run: close },
  } as const;
  const { kind, label, run } = main[phase];

  function close(): void {
    onClose();
    // The button that led here is gone with the trouble.
    if (phase === 'done') focusWhenLost('[data-composer], [data-search]');
  }

  return (
    <Dialog
      title={t('repair.title')}
      width="narrow"
      onClose={close}
      footer={
        <>
          {phase === 'ask' && <Button onPress={onClose}>{t('app.cancel')}</Button>}
          {/* One button all the way, which keeps the focus. */}
          <Button key="main" kind={kind} autoFocus pending={pending} onPress={run}>
            {label}
          </Button>
        </>
      }
    >
      {phase === 'ask' && <Question failure={failure} />}
      {phase === 'running' && repair && (
        <Progress
          label={t('repair.running')}
          value={
            repair.of > 0
              ? t('repair.saved', { saved: number(repair.saved), of: number(repair.of) })
              : t('repair.reading')
          }
          part={repair.of > 0 ? repair.saved / repair.of : undefined}
        />
      )}
      {phase === 'done' && (
        <Note kind="ok" role="status">
          {notice?.code === 'salvaged' ? errorText(notice) : t('repair.done')}
        </Note>
      )}
    </Dialog>
  );
}

/** What a repair does and may lose, and why the last one did not succeed. */
function Question({ failure }: { failure: unknown }) {
  const { t } = useTranslation();
  return (
    <>
      {failure !== undefined && (
        <Note kind="bad" role="alert">
          {errorText(failure)}
        </Note>
      )}
      <p>{t('repair.text')}</p>
      <dl className={styles.list}>
        {(['over', 'back', 'lost', 'kept'] as const).map((part) => (
          <div key={part}>
            <dt>{t(`repair.${part}`)}</dt>
            <dd>{t(`repair.${part}Text`)}</dd>
          </div>
        ))}
      </dl>
    </>
  );
}
