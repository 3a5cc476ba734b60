import { useState } from 'react';
import { useTranslation } from '@/i18n';
import { useSession } from '@/model';
import { Button, Card, Dialog, Mark } from '@/ui';
import styles from './About.module.css';
import { ConnectionCheck } from './ConnectionCheck';
import { EventLog } from './EventLog';
import { licences } from './licences';
import { NewsDialog } from './NewsDialog';
import { PageHead } from './Parts';
import { useLog } from './useLog';

/** What this program is, what is inside, and whether its ways out work. */
export function AboutPage() {
  const { t } = useTranslation();
  const version = useSession((state) => state.version);
  const [reading, setReading] = useState<'news' | 'licences'>();
  const log = useLog();
  const close = () => setReading(undefined);
  return (
    <>
      <PageHead title={t('about.title')} />
      <Card className={styles.program}>
        <Mark size={56} />
        <div className={styles.words}>
          <h2>{t('about.version', { version })}</h2>
          <p className={styles.text}>{t('about.text')}</p>
        </div>
        <Button size="small" onPress={() => setReading('news')}>
          {t('about.news')}
        </Button>
        <Button size="small" onPress={() => setReading('licences')}>
          {t('about.licences')}
        </Button>
      </Card>
      <ConnectionCheck log={log ?? []} />
      <EventLog lines={log} />
      {reading === 'news' && <NewsDialog onClose={close} />}
      {reading === 'licences' && <Licences onClose={close} />}
    </>
  );
}

function Licences({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation();
  return (
    <Dialog title={t('about.licencesTitle')} reading onClose={onClose}>
      <p>{t('about.licencesText')}</p>
      <table className={styles.licences}>
        <thead>
          <tr>
            <th scope="col">{t('about.part')}</th>
            <th scope="col">{t('about.licence')}</th>
          </tr>
        </thead>
        <tbody>
          {licences.map(([name, licence]) => (
            <tr key={name}>
              <td>{name}</td>
              <td>{licence}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Dialog>
  );
}
