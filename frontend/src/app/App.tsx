import { Suspense, useEffect, useLayoutEffect } from 'react';
import { errorText, useTranslation } from '@/i18n';
import { resetSession, useIdleLock, useSession, useView } from '@/model';
import { Button, Note } from '@/ui';
import styles from './App.module.css';
import { part } from './bring';
import { Coming } from './Coming';
import { Dialogs } from './Dialogs';
import { ErrorBoundary } from './ErrorBoundary';
import { followSettings } from './leave';
import { MainWindow } from './MainWindow';
import { reportPainted } from './painted';
import { ToastPlace } from './ToastPlace';
import { useCheckNews } from './useCheckNews';
import { useKeys } from './useKeys';
import { useLinkGuard } from './useLinkGuard';

const FirstRun = part(() => import('@/features/firstrun'));
const LockScreen = part(() => import('@/features/lock'));
const SettingsView = part(() => import('@/features/settings'));

/** The whole window. */
export function App({ restart }: { restart: () => void }) {
  useKeys();
  useCheckNews();
  useLinkGuard();
  useIdleLock();
  useEffect(followSettings, []);
  return (
    <ErrorBoundary>
      <Place restart={restart} />
      <Dialogs />
      <ToastPlace />
    </ErrorBoundary>
  );
}

function Place({ restart }: { restart: () => void }) {
  const { t } = useTranslation();
  const status = useSession((state) => state.status);
  const failure = useSession((state) => state.failure);
  const firstRun = useSession((state) => state.firstRun);
  const place = useView((state) => state.place);

  // Before the frame that shows the rows, so that it is that frame which is reported, not the one after.
  useLayoutEffect(() => {
    if (status === 'ready') return reportPainted();
  }, [status]);

  if (status === 'starting') return <div className={styles.middle} role="status" aria-label={t('app.starting')} />;
  if (status === 'failed') {
    return (
      <main className={styles.middle}>
        <Note
          kind="bad"
          role="alert"
          action={
            <Button
              size="small"
              onPress={() => {
                resetSession();
                restart();
              }}
            >
              {t('app.retry')}
            </Button>
          }
        >
          <h1 className={styles.failed}>{t('app.failed')}</h1> {errorText(failure)}
        </Note>
      </main>
    );
  }
  const waiting = <Coming />;
  if (status === 'locked') {
    return (
      <Suspense fallback={waiting}>
        <LockScreen />
      </Suspense>
    );
  }
  if (firstRun) {
    return (
      <Suspense fallback={waiting}>
        <FirstRun />
      </Suspense>
    );
  }
  if (place.kind === 'settings') {
    return (
      <Suspense fallback={waiting}>
        <SettingsView page={place.page} />
      </Suspense>
    );
  }
  return <MainWindow />;
}
