import { CircleAlert, Clock, HardDrive, ServerOff, Unplug, WifiOff } from 'lucide-react';
import { backend, type Network, type Problem } from '@/backend';
import { errorText, problemText, useTranslation } from '@/i18n';
import { showRepair, showToast, useSession } from '@/model';
import { Button, classes, Note } from '@/ui';
import styles from './App.module.css';
import { InstallNotice } from './Notices';
import { useLasting } from './useLasting';

const serversDown = (network: Network) => network.servers.filter((server) => !server.guest && server.state === 'down');

/** A trouble of the whole app, where it is seen: one at a time, the gravest first. `under` leaves room for the string. */
export function ProblemBar({ under = false }: { under?: boolean }) {
  const { t } = useTranslation();
  const problem = useSession((state) => state.problem);
  const repair = useSession((state) => state.repair);
  const network = useSession((state) => state.network);
  const down = serversDown(network);
  const reached = network.servers.some((server) => !server.guest && server.state === 'online');
  const lost = useLasting(useSession((state) => state.lost));
  const offline = useLasting(!network.online);
  const away = useLasting(network.online && down.length > 0 && !reached);
  const place = classes(styles.problem, under && styles.under);

  function retry(): void {
    for (const server of down) {
      backend()
        .retryServer(server.id)
        .catch((reason: unknown) => showToast(errorText(reason)));
    }
  }

  const again =
    down.length > 0 ? (
      <Button size="small" onPress={retry}>
        {t('app.retry')}
      </Button>
    ) : undefined;

  if (lost) {
    return (
      <Note kind="bad" role="alert" icon={<Unplug size={18} strokeWidth={1.75} aria-hidden="true" />} className={place}>
        <b>{t('problems.lostTitle')}</b> {t('problems.lost')}
      </Note>
    );
  }
  if (problem) {
    return (
      <Note
        kind={problem.code === 'clock-wrong' ? 'warn' : 'bad'}
        role="alert"
        icon={<ProblemIcon problem={problem} />}
        className={place}
        action={
          problem.code === 'database-damaged' && (
            <Button size="small" onPress={showRepair}>
              {repair?.running ? t('repair.show') : t('repair.open')}
            </Button>
          )
        }
      >
        {repair?.running ? t('repair.running') : problemText(problem)}
      </Note>
    );
  }
  if (offline) {
    return (
      <Note
        kind="bad"
        role="status"
        icon={<WifiOff size={18} strokeWidth={1.75} aria-hidden="true" />}
        action={again}
        className={place}
      >
        <b>{t('problems.offlineTitle')}</b> {t('problems.offline')}
      </Note>
    );
  }
  const first = down[0];
  if (away && first) {
    return (
      <Note
        kind="warn"
        role="status"
        icon={<ServerOff size={18} strokeWidth={1.75} aria-hidden="true" />}
        action={again}
        className={place}
      >
        <b>{t('problems.serverAwayTitle', { server: first.address })}</b> {t('problems.serverAway')}
      </Note>
    );
  }
  return <InstallNotice className={place} />;
}

function ProblemIcon({ problem }: { problem: Problem }) {
  const look = { size: 18, strokeWidth: 1.75, 'aria-hidden': true } as const;
  if (problem.code === 'clock-wrong') return <Clock {...look} />;
  if (problem.code === 'disk-full') return <HardDrive {...look} />;
  return <CircleAlert {...look} />;
}
