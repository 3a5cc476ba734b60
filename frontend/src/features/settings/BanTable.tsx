import { ArrowDown, ArrowUp, Ellipsis, MapPin, Network, Trash2, UserRound } from 'lucide-react';
import { type KeyboardEvent, useEffect, useRef, useState } from 'react';
import { Button as AriaButton } from 'react-aria-components/Button';
import { type Ban, type BanKind, backend } from '@/backend';
import { dateAndTime, dayLabel, errorText, number, useTranslation } from '@/i18n';
import { showToast } from '@/model';
import { Button, Card, classes, Hidden, Menu, Note, Skeleton } from '@/ui';
import styles from './Bans.module.css';
import { type BanColumn, type BanOrder, banName, nextOrder, shortPeer, sortedBans } from './bans';

const columns: readonly BanColumn[] = ['kind', 'target', 'reason', 'added', 'blocked'];
/** Rows that are drawn at once; more on request. */
const step = 200;

/** The bans as a table: columns sort it, arrows move through its rows, Delete removes one. */
export function BanTable({ bans }: { bans: readonly Ban[] }) {
  const { t } = useTranslation();
  const [order, setOrder] = useState<BanOrder>({ column: 'added', descending: true });
  const [most, setMost] = useState(step);
  const [current, setCurrent] = useState('');
  const [failure, setFailure] = useState<unknown>();
  const body = useRef<HTMLTableSectionElement>(null);
  /** The row that is being removed: the one in its place gets the focus when it is gone. */
  const leaving = useRef<{ id: string; index: number }>(undefined);
  const rows = sortedBans(bans, order).slice(0, most);
  const stop = rows.some((ban) => ban.id === current) ? current : (rows[0]?.id ?? '');

  function focusRow(index: number): void {
    const all = body.current?.querySelectorAll<HTMLElement>('tr') ?? [];
    all[Math.max(0, Math.min(index, all.length - 1))]?.focus();
  }

  useEffect(() => {
    const gone = leaving.current;
    if (!gone || bans.some((ban) => ban.id === gone.id)) return;
    leaving.current = undefined;
    // After the menu has given the focus back, to a button that is not there any more.
    setTimeout(() => focusRow(gone.index), 50);
  }, [bans]);

  async function remove(ban: Ban, index: number): Promise<void> {
    setFailure(undefined);
    leaving.current = { id: ban.id, index };
    try {
      const removed = await backend().removeBan(ban.id);
      showToast(t('settings.banRemoved', { target: banName(removed) }), {
        label: t('settings.undo'),
        keys: 'Ctrl Z',
        run: () => {
          backend()
            .restoreBan(removed)
            .then(
              () => setCurrent(removed.id),
              (reason: unknown) => setFailure(reason),
            );
        },
      });
    } catch (reason) {
      leaving.current = undefined;
      setFailure(reason);
    }
  }

  function onKeyDown(event: KeyboardEvent, ban: Ban, index: number): void {
    const moves: Record<string, number> = {
      ArrowDown: index + 1,
      ArrowUp: index - 1,
      Home: 0,
      End: rows.length - 1,
      PageDown: index + 10,
      PageUp: index - 10,
    };
    const to = moves[event.key];
    if (event.target !== event.currentTarget || event.ctrlKey || event.metaKey || event.altKey) return;
    if (to !== undefined) {
      event.preventDefault();
      focusRow(to);
    } else if (event.key === 'Enter' || event.key === 'ArrowRight') {
      event.preventDefault();
      event.currentTarget.querySelector<HTMLElement>('button')?.focus();
    } else if (event.key === 'Delete') {
      event.preventDefault();
      void remove(ban, index);
    }
  }

  return (
    <>
      {failure !== undefined && (
        <Note kind="bad" role="alert">
          {errorText(failure)}
        </Note>
      )}
      <Card className={styles.tableCard}>
        <table className={styles.table} aria-label={t('settings.page.bans')}>
          <thead>
            <tr>
              {columns.map((column) => (
                <Column key={column} column={column} order={order} onPress={() => setOrder(nextOrder(order, column))} />
              ))}
              <th scope="col">
                <Hidden>{t('settings.column.options')}</Hidden>
              </th>
            </tr>
          </thead>
          <tbody ref={body}>
            {rows.map((ban, index) => (
              <Row
                key={ban.id}
                ban={ban}
                reachable={ban.id === stop}
                onFocus={() => setCurrent(ban.id)}
                onKeyDown={(event) => onKeyDown(event, ban, index)}
                onRemove={() => void remove(ban, index)}
              />
            ))}
          </tbody>
        </table>
      </Card>
      {bans.length > rows.length && (
        <Button className={styles.more ?? ''} onPress={() => setMost(most + step)}>
          {t('settings.showMore', { count: Math.min(step, bans.length - rows.length) })}
        </Button>
      )}
    </>
  );
}

function Column({ column, order, onPress }: { column: BanColumn; order: BanOrder; onPress: () => void }) {
  const { t } = useTranslation();
  const sorted = order.column === column;
  const Arrow = order.descending ? ArrowDown : ArrowUp;
  return (
    <th
      scope="col"
      className={classes(column === 'blocked' && styles.number)}
      aria-sort={sorted ? (order.descending ? 'descending' : 'ascending') : 'none'}
    >
      <button type="button" className={styles.sort} onClick={onPress}>
        {t(`settings.column.${column}`)}
        {sorted && <Arrow size={12} strokeWidth={2} aria-hidden="true" />}
      </button>
    </th>
  );
}

interface RowProps {
  ban: Ban;
  /** The one row that Tab reaches. */
  reachable: boolean;
  onFocus: () => void;
  onKeyDown: (event: KeyboardEvent) => void;
  onRemove: () => void;
}

function Row({ ban, reachable, onFocus, onKeyDown, onRemove }: RowProps) {
  const { t } = useTranslation();
  const name = banName(ban);
  const options = t('settings.banOptions', { target: name });
  return (
    <tr tabIndex={reachable ? 0 : -1} data-ban={ban.id} onFocus={onFocus} onKeyDown={onKeyDown}>
      <td>
        <span className={styles.kind}>
          <KindIcon kind={ban.kind} />
          {t(`settings.shortKind.${ban.kind}`)}
        </span>
      </td>
      <td className={styles.target}>
        {ban.kind === 'peer' && ban.name ? (
          <span className={styles.person}>
            <b className={styles.name}>{ban.name}</b>
            <span className={styles.peer}>{shortPeer(ban.target)}</span>
          </span>
        ) : (
          <span className={styles.address}>{name}</span>
        )}
      </td>
      <td className={styles.why}>{ban.reason}</td>
      <td className={styles.when}>
        <time dateTime={ban.added} title={dateAndTime(ban.added)}>
          {dayLabel(ban.added)}
        </time>
      </td>
      <td className={styles.number}>{number(ban.blocked)}</td>
      <td className={styles.options}>
        <Menu
          label={options}
          trigger={
            <AriaButton className={styles.dots ?? ''} aria-label={options} excludeFromTabOrder={!reachable}>
              <Ellipsis size={18} strokeWidth={1.75} aria-hidden="true" />
            </AriaButton>
          }
          entries={[
            {
              id: 'remove',
              label: t('settings.removeBan'),
              icon: <Trash2 size={16} strokeWidth={1.75} aria-hidden="true" />,
              danger: true,
              run: onRemove,
            },
          ]}
        />
      </td>
    </tr>
  );
}

function KindIcon({ kind }: { kind: BanKind }) {
  const Icon = { peer: UserRound, address: MapPin, range: Network }[kind];
  return <Icon size={16} strokeWidth={1.75} aria-hidden="true" />;
}

/** Five rows that are on their way. */
export function BanSkeleton() {
  return (
    <Card className={styles.skeleton}>
      {[52, 34, 61, 45, 38].map((width) => (
        <Skeleton key={width} width={width * 8} height={12} />
      ))}
    </Card>
  );
}
