import type { KeyboardEvent } from 'react';
import { fileSize, useTranslation } from '@/i18n';
import { initial, usePicture } from '@/model';
import { Chip, Lid, LineSign, lineKind, type MenuEntry, NumberCell, OptionsCell } from '@/ui';
import type { LineFacts } from './facts';
import styles from './NetworkTable.module.css';
import { delayWords, elapsed, stateWord, waits } from './words';

export interface LineRowProps {
  facts: LineFacts;
  /** Milliseconds. */
  now: number;
  /** The one row that Tab reaches. */
  reachable: boolean;
  onFocus: () => void;
  onKeyDown: (event: KeyboardEvent) => void;
  entries: MenuEntry[];
}

/** What is not known, or is of no meaning. */
const nothing = '—';

/** The line to somebody. */
export function LineRow({ facts, now, reachable, onFocus, onKeyDown, entries }: LineRowProps) {
  const { t } = useTranslation();
  const { row, line, open, carried } = facts;
  const picture = usePicture(row.id, row.picture);
  const moved = carried && (carried.received > 0 || carried.sent > 0);
  return (
    <tr tabIndex={reachable ? 0 : -1} data-line={row.id} onFocus={onFocus} onKeyDown={onKeyDown}>
      <th scope="row">
        <span className={styles.person}>
          <Lid
            letter={initial(row.name)}
            color={row.color}
            size={30}
            picture={picture}
            presence={row.contact === 'mutual' ? row.presence : 'unknown'}
          />
          <b className={styles.name} dir="auto">
            {row.name}
          </b>
        </span>
      </th>
      <td>
        <Chip kind={lineKind(line.state)} icon={<LineSign state={line.state} />}>
          {waits(facts) ? t('network.queued', { count: row.queued }) : stateWord(facts)}
        </Chip>
      </td>
      <NumberCell>{line.delay === undefined ? nothing : delayWords(line.delay)}</NumberCell>
      <td className={line.state === 'relayed' ? styles.host : styles.via}>
        {line.state === 'relayed' && row.line.host
          ? row.line.host
          : line.state === 'lan'
            ? t('network.path.lan')
            : nothing}
      </td>
      <NumberCell>{moved ? fileSize(carried.received) : nothing}</NumberCell>
      <NumberCell>{moved ? fileSize(carried.sent) : nothing}</NumberCell>
      <NumberCell>{open && carried?.opened ? elapsed(carried.opened, now) : nothing}</NumberCell>
      <OptionsCell label={t('network.options', { name: row.name })} reachable={reachable} entries={entries} />
    </tr>
  );
}
