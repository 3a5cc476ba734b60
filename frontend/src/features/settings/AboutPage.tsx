import { useState } from 'react';
import { useTranslation } from '@/i18n';
import { useSession } from '@/model';
import { Button, Card, Dialog, Mark } from '@/ui';
import styles from './About.module.css';
import { ConnectionCheck } from './ConnectionCheck';
import { licences } from './licences';
import { PageHead } from './Parts';

/** What this program is, what is inside, and whether its ways out work. */
export function AboutPage() {
  const { t } = useTranslation();
  const version = useSession((state) => state.version);
  const [reading, setReading] = useState(false);
  return (
    <>
      <PageHead title={t('about.title')} />
      <Card className={styles.program}>
        <Mark size={56} />
        <div className={styles.words}>
          <h2>{t('about.version', { version })}</h2>
          <p className={styles.text}>{t('about.text')}</p>
        </div>
        <Button size="small" onPress={() => setReading(true)}>
          {t('about.licences')}
        </Button>
      </Card>
      <ConnectionCheck />
      {reading && <Licences onClose={() => setReading(false)} />}
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
