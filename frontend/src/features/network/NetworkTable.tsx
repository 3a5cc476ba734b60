import { MessageSquare, Radar } from 'lucide-react';
import { type FocusEvent, useEffect, useRef, useState } from 'react';
import { useTranslation } from '@/i18n';
import { Button, Hidden, pressInRow, SortHead, Table } from '@/ui';
import type { LineFacts, ServerFacts } from './facts';
import { LineRow } from './LineRow';
import styles from './NetworkTable.module.css';
import { type Column, columns, numeric, type Order, ordered } from './order';
import { ServerTable } from './ServerTable';
import { personKey } from './strands';

export interface NetworkTableProps {
  people: readonly LineFacts[];
  servers: readonly ServerFacts[];
  onOpen: (conversation: string) => void;
  /** Shows somebody in the picture. */
  onShow: (at: string) => void;
}

/** As many rows more are drawn at a time. */
const rowsAtOnce = 200;

/** How often rows that are not looked at take the place that their numbers give them, in milliseconds. */
const sortEvery = 5000;

/** The same facts as in the picture, one row for each line. */
export function NetworkTable({ people, servers, onOpen, onShow }: NetworkTableProps) {
  const { t } = useTranslation();
  const [order, setOrder] = useState<Order>({ column: 'delay', descending: false });
  const [most, setMost] = useState(rowsAtOnce);
  const [current, setCurrent] = useState('');
  const rows = useCalmOrder(people, order);
  const shown = rows.rows.slice(0, most);
  const stop = shown.some(({ row }) => row.id === current) ? current : (shown[0]?.row.id ?? '');
  const now = useMinute();

  function sort(column: Column): void {
    setOrder((held) => ({
      column,
      descending: held.column === column ? !held.descending : column !== 'who' && held.descending,
    }));
  }

  const icon = { size: 16, strokeWidth: 1.75, 'aria-hidden': true } as const;
  return (
    <div className={styles.page}>
      {people.length > 0 ? (
        <Table
          tall
          label={t('network.people')}
          onPointerEnter={() => rows.hold('pointer', true)}
          onPointerLeave={() => rows.hold('pointer', false)}
          onFocus={() => rows.hold('focus', true)}
          onBlur={(event: FocusEvent) => {
            if (!event.currentTarget.contains(event.relatedTarget)) rows.hold('focus', false);
          }}
        >
          <thead>
            <tr>
              {columns.map((column) => (
                <SortHead
                  key={column}
                  numeric={numeric.includes(column)}
                  sorted={order.column !== column ? 'none' : order.descending ? 'descending' : 'ascending'}
                  onPress={() => sort(column)}
                >
                  {t(`network.column.${column}`)}
                </SortHead>
              ))}
              <th scope="col">
                <Hidden>{t('network.column.options')}</Hidden>
              </th>
            </tr>
          </thead>
          <tbody>
            {shown.map((facts) => (
              <LineRow
                key={facts.row.id}
                facts={facts}
                now={now}
                reachable={facts.row.id === stop}
                onFocus={() => setCurrent(facts.row.id)}
                onKeyDown={(event) => pressInRow(event, { key: 'Enter', press: () => onOpen(facts.row.id) })}
                entries={[
                  {
                    id: 'open',
                    label: t('network.card.open'),
                    icon: <MessageSquare {...icon} />,
                    run: () => onOpen(facts.row.id),
                  },
                  {
                    id: 'show',
                    label: t('network.inPicture'),
                    icon: <Radar {...icon} />,
                    run: () => onShow(personKey(facts.row.id)),
                  },
                ]}
              />
            ))}
          </tbody>
        </Table>
      ) : (
        <p className={styles.none}>
          <b>{t('network.none')}</b> {t('network.noneText')}
        </p>
      )}
      {rows.rows.length > most && (
        <Button size="small" className={styles.more ?? ''} onPress={() => setMost(most + rowsAtOnce)}>
          {t('network.showMore', { count: Math.min(rowsAtOnce, rows.rows.length - most) })}
        </Button>
      )}
      {servers.length > 0 && <ServerTable servers={servers} />}
    </div>
  );
}

/** The time, again every half minute. */
function useMinute(): number {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 30_000);
    return () => clearInterval(timer);
  }, []);
  return now;
}

/**
 * People in an order that does not change under the eyes: numbers are always those of now, but rows move only every few seconds,
 * and not at all while the pointer or the focus is among them.
 */
function useCalmOrder(people: readonly LineFacts[], order: Order) {
  const [held, setHeld] = useState<{ order: Order; ids: readonly string[] }>(() => ({
    order,
    ids: ordered(people, order).map(({ row }) => row.id),
  }));
  const holding = useRef({ pointer: false, focus: false });
  const latest = useRef(people);
  useEffect(() => {
    latest.current = people;
  });
  useEffect(() => {
    const timer = setInterval(() => {
      if (holding.current.pointer || holding.current.focus) return;
      setHeld((before) => ({ ...before, ids: ordered(latest.current, before.order).map(({ row }) => row.id) }));
    }, sortEvery);
    return () => clearInterval(timer);
  }, []);
  if (held.order !== order) setHeld({ order, ids: ordered(people, order).map(({ row }) => row.id) });
  const byId = new Map(people.map((facts) => [facts.row.id, facts]));
  const known = held.ids.flatMap((id) => {
    const facts = byId.get(id);
    byId.delete(id);
    return facts ? [facts] : [];
  });
  return {
    rows: [...known, ...byId.values()],
    hold: (by: 'pointer' | 'focus', on: boolean) => {
      holding.current[by] = on;
    },
  };
}
