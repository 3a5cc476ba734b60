import { RotateCw, Trash2 } from 'lucide-react';
import { useEffect, useState } from 'react';
import { backend, type Server } from '@/backend';
import { dateAndTime, errorText, number, useTranslation } from '@/i18n';
import { Button, Chip, classes, DotsMenu } from '@/ui';
import styles from './Network.module.css';
import { chipKind, courseOf, waitUntil } from './servers';

/** The time now, again every second. */
function useNow(): number {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 1000);
    return () => clearInterval(timer);
  }, []);
  return now;
}

/** One introduction server: how it is doing, and what can be done about it. */
export function ServerRow({ server, onRemove }: { server: Server; onRemove: () => void }) {
  const { t } = useTranslation();
  const [pending, setPending] = useState(false);
  const [failure, setFailure] = useState<unknown>();
  const down = server.state === 'down';
  const own = !server.mine && !server.guest;
  const owner = t(
    server.mine ? 'settings.server.mine' : server.guest ? 'settings.server.guest' : 'settings.server.yours',
  );
  const state = down
    ? server.since
      ? t('settings.server.down', { since: dateAndTime(server.since) })
      : t('settings.server.chipDown')
    : t(`settings.server.${server.state}`);
  const reason = failure !== undefined ? errorText(failure) : down && server.error ? errorText(server.error) : '';

  async function retry(): Promise<void> {
    setPending(true);
    setFailure(undefined);
    try {
      await backend().retryServer(server.id);
    } catch (refusal) {
      setFailure(refusal);
    } finally {
      setPending(false);
    }
  }

  return (
    <li className={styles.server}>
      <span className={classes(styles.dot, styles[chipKind(server)])} aria-hidden="true" />
      <div className={styles.words}>
        <b className={styles.host}>{server.address}</b>
        <span className={styles.facts}>
          {owner} · {state}
          {down && server.retryAt && (
            <>
              {' · '}
              <Countdown time={server.retryAt} />
            </>
          )}
        </span>
        {reason && <span className={styles.why}>{reason}</span>}
      </div>
      {!down && server.rtts && server.rtts.length > 1 && (
        <svg className={styles.course} viewBox="0 0 92 26" aria-hidden="true">
          <path d={courseOf(server.rtts)} />
        </svg>
      )}
      {down && (
        <Button
          size="small"
          icon={<RotateCw size={14} strokeWidth={2} aria-hidden="true" />}
          pending={pending}
          onPress={() => void retry()}
        >
          {pending ? t('settings.server.trying') : t('settings.server.tryNow')}
        </Button>
      )}
      <span className={styles.chip}>
        <Chip kind={chipKind(server)}>{chipText()}</Chip>
      </span>
      {own ? (
        <DotsMenu
          label={t('settings.server.options', { host: server.address })}
          entries={[
            {
              id: 'remove',
              label: t('settings.server.remove'),
              icon: <Trash2 size={16} strokeWidth={1.75} aria-hidden="true" />,
              danger: true,
              run: onRemove,
            },
          ]}
        />
      ) : (
        <span className={styles.noMenu} />
      )}
    </li>
  );

  function chipText(): string {
    if (down) return t('settings.server.chipDown');
    if (server.state === 'connecting') return t('settings.server.connecting');
    if (server.rtt < 0) return t('settings.server.online');
    return t('settings.server.milliseconds', { value: number(server.rtt) });
  }
}

/** When it is tried again, counted down. Not said aloud: it changes every second. */
function Countdown({ time }: { time: string }) {
  const { t } = useTranslation();
  const wait = waitUntil(time, useNow());
  if (!wait) return t('settings.server.now');
  return t('settings.server.nextTry', { wait: t(`settings.${wait.unit}`, { value: number(wait.value) }) });
}
