import { CheckCheck } from 'lucide-react';
import { useState } from 'react';
import { backend } from '@/backend';
import { errorText, useTranslation } from '@/i18n';
import { session, useSession } from '@/model';
import { Card, Switch } from '@/ui';
import styles from './ProfilePage.module.css';

/** Whether contacts learn what was read; who does not tell is not told either. */
export function ReadMarks() {
  const { t } = useTranslation();
  const held = useSession((state) => state.profile.readReceipts);
  const [chosen, setChosen] = useState<boolean>();
  const [failure, setFailure] = useState<unknown>();
  const on = chosen ?? held;

  async function change(wanted: boolean): Promise<void> {
    setChosen(wanted);
    setFailure(undefined);
    try {
      session.setState({ profile: await backend().setReadReceipts(wanted) });
    } catch (reason) {
      setFailure(reason);
    } finally {
      setChosen(undefined);
    }
  }

  return (
    <Card className={styles.marks}>
      <span className={styles.marksIcon}>
        <CheckCheck size={18} strokeWidth={1.75} aria-hidden="true" />
      </span>
      <Switch
        label={t('settings.readMarks')}
        help={on ? t('settings.readMarksOn') : t('settings.readMarksOff')}
        selected={on}
        onChange={(wanted) => void change(wanted)}
      />
      {failure !== undefined && (
        <p className={styles.marksFailure} role="alert">
          {errorText(failure)}
        </p>
      )}
    </Card>
  );
}
