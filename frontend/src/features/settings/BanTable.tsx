import { Globe, Link, MapPin, Network, Pencil, Server, Trash2, UserRound } from 'lucide-react';
import { type KeyboardEvent, useEffect, useRef, useState } from 'react';
import { type Ban, type BanColumn, type BanKind, backend } from '@/backend';
import { dateAndTime, dateOf, dayLabel, errorText, number, useTranslation } from '@/i18n';
import { showToast } from '@/model';
import {
  Card,
  classes,
  focusRow,
  Hidden,
  Note,
  NumberCell,
  OptionsCell,
  pressInRow,
  Skeleton,
  SortHead,
  Table,
} from '@/ui';
import styles from './BanTable.module.css';
import { type BanOrder, banName, shortPeer } from './bans';
import { EditBan } from './EditBan';

const columns: readonly BanColumn[] = ['kind', 'target', 'reason', 'added', 'ends', 'blocked'];

export interface BanTableProps {
  /** In their order. */
  bans: readonly Ban[];
  order: BanOrder;
  onSort: (column: BanColumn) => void;
}

/** A page of bans as a table: columns sort it, arrows move through its rows, Delete removes one. */
export function BanTable({ bans: rows, order, onSort }: BanTableProps) {
  const { t } = useTranslation();
  const [current, setCurrent] = useState('');
  const [edited, setEdited] = useState<Ban>();
  const [failure, setFailure] = useState<unknown>();
  const body = useRef<HTMLTableSectionElement>(null);
  /** The row that is being removed: the one in its place gets the focus when it is gone. */
  const leaving = useRef<{ id: string; index: number }>(undefined);
  const stop = rows.some((ban) => ban.id === current) ? current : (rows[0]?.id ?? '');

  useEffect(() => {
    const gone = leaving.current;
    if (!gone || rows.some((ban) => ban.id === gone.id)) return;
    leaving.current = undefined;
    // After the menu has given the focus back, to a button that is not there any more.
    setTimeout(() => focusRow(body.current, gone.index), 50);
  }, [rows]);

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

  return (
    <>
      {failure !== undefined && (
        <Note kind="bad" role="alert">
          {errorText(failure)}
        </Note>
      )}
      <Table label={t('settings.page.bans')}>
        <thead>
          <tr>
            {columns.map((column) => (
              <SortHead
                key={column}
                numeric={column === 'blocked'}
                sorted={order.column !== column ? 'none' : order.descending ? 'descending' : 'ascending'}
                onPress={() => onSort(column)}
              >
                {t(`settings.column.${column}`)}
              </SortHead>
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
              onKeyDown={(event) => pressInRow(event, { key: 'Delete', press: () => void remove(ban, index) })}
              onEdit={() => setEdited(ban)}
              onRemove={() => void remove(ban, index)}
            />
          ))}
        </tbody>
      </Table>
      {edited && <EditBan ban={edited} onClose={() => setEdited(undefined)} />}
    </>
  );
}

interface RowProps {
  ban: Ban;
  /** The one row that Tab reaches. */
  reachable: boolean;
  onFocus: () => void;
  onKeyDown: (event: KeyboardEvent) => void;
  onEdit: () => void;
  onRemove: () => void;
}

function Row({ ban, reachable, onFocus, onKeyDown, onEdit, onRemove }: RowProps) {
  const { t } = useTranslation();
  const name = banName(ban);
  const options = t('settings.banOptions', { target: name });
  return (
    <tr
      className={classes(ban.ended && styles.ended)}
      tabIndex={reachable ? 0 : -1}
      data-ban={ban.id}
      onFocus={onFocus}
      onKeyDown={onKeyDown}
    >
      <td>
        <span className={styles.kind}>
          <KindIcon kind={ban.kind} />
          {t(`settings.shortKind.${ban.kind}`)}
        </span>
      </td>
      <td className={styles.target}>
        <span className={styles.whom}>
          {ban.kind === 'peer' && ban.name ? (
            <span className={styles.person}>
              <b className={styles.name}>{ban.name}</b>
              <span className={styles.peer} dir="ltr">
                {shortPeer(ban.target)}
              </span>
            </span>
          ) : (
            <span className={ban.kind === 'invite' ? styles.byLink : styles.address}>{name}</span>
          )}
          {ban.tell && (
            <span className={styles.told} title={t('bans.told')}>
              <Server size={14} strokeWidth={1.75} aria-hidden="true" />
              <Hidden>{t('bans.told')}</Hidden>
            </span>
          )}
        </span>
      </td>
      <td className={styles.why}>{ban.reason}</td>
      <td className={styles.when}>
        <time dateTime={ban.added} title={dateAndTime(ban.added)}>
          {dayLabel(ban.added)}
        </time>
      </td>
      <td className={styles.when}>
        {ban.ends === '' ? (
          t('bans.never')
        ) : (
          <time dateTime={ban.ends} title={dateAndTime(ban.ends)}>
            {ban.ended ? t('bans.ended') : dateOf(ban.ends)}
          </time>
        )}
      </td>
      <NumberCell>{number(ban.blocked)}</NumberCell>
      <OptionsCell
        label={options}
        reachable={reachable}
        entries={[
          {
            id: 'edit',
            label: t('bans.edit'),
            icon: <Pencil size={16} strokeWidth={1.75} aria-hidden="true" />,
            run: onEdit,
          },
          {
            id: 'remove',
            label: t('settings.removeBan'),
            icon: <Trash2 size={16} strokeWidth={1.75} aria-hidden="true" />,
            danger: true,
            run: onRemove,
          },
        ]}
      />
    </tr>
  );
}

function KindIcon({ kind }: { kind: BanKind }) {
  const Icon = { peer: UserRound, invite: Link, address: MapPin, range: Network, domain: Globe }[kind];
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
