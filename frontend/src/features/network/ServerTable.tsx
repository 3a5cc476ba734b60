import { dateAndTime, number, useTranslation } from '@/i18n';
import { Chip, NumberCell, NumberHead, Table } from '@/ui';
import type { ServerFacts } from './facts';
import styles from './NetworkTable.module.css';
import { delayWords } from './words';

/** The introduction servers, as in the picture. */
export function ServerTable({ servers }: { servers: readonly ServerFacts[] }) {
  const { t } = useTranslation();
  return (
    <Table tall label={t('network.card.servers')}>
      <thead>
        <tr>
          <th scope="col">{t('network.column.server')}</th>
          <th scope="col">{t('network.column.state')}</th>
          <NumberHead>{t('network.column.delay')}</NumberHead>
          <NumberHead>{t('network.column.relays')}</NumberHead>
          <NumberHead>{t('network.column.since')}</NumberHead>
        </tr>
      </thead>
      <tbody>
        {servers.map(({ server, relays }) => (
          <tr key={server.id}>
            <th scope="row" className={styles.host}>
              {server.address}
            </th>
            <td>
              <Chip kind={server.state === 'online' ? 'ok' : server.state === 'down' ? 'bad' : 'plain'}>
                {server.state === 'down' ? t('settings.server.chipDown') : t(`settings.server.${server.state}`)}
              </Chip>
            </td>
            <NumberCell>{server.rtt >= 0 ? delayWords(server.rtt) : '—'}</NumberCell>
            <NumberCell>{relays > 0 ? number(relays) : '—'}</NumberCell>
            <NumberCell>{server.since ? dateAndTime(server.since) : '—'}</NumberCell>
          </tr>
        ))}
      </tbody>
    </Table>
  );
}
