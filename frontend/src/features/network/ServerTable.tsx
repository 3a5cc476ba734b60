import { dateAndTime, number, useTranslation } from '@/i18n';
import { Card, Chip } from '@/ui';
import type { ServerFacts } from './facts';
import styles from './NetworkTable.module.css';
import { delayWords } from './words';

/** The introduction servers, as in the picture. */
export function ServerTable({ servers }: { servers: readonly ServerFacts[] }) {
  const { t } = useTranslation();
  return (
    <Card className={styles.card}>
      <table className={styles.table} aria-label={t('network.card.servers')}>
        <thead>
          <tr>
            <th scope="col">{t('network.column.server')}</th>
            <th scope="col">{t('network.column.state')}</th>
            <th scope="col" className={styles.number}>
              {t('network.column.delay')}
            </th>
            <th scope="col" className={styles.number}>
              {t('network.column.relays')}
            </th>
            <th scope="col" className={styles.number}>
              {t('network.column.since')}
            </th>
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
              <td className={styles.number}>{server.rtt >= 0 ? delayWords(server.rtt) : '—'}</td>
              <td className={styles.number}>{relays > 0 ? number(relays) : '—'}</td>
              <td className={styles.number}>{server.since ? dateAndTime(server.since) : '—'}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Card>
  );
}
