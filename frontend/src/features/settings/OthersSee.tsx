import { CheckCheck, CircleDot, PencilLine } from 'lucide-react';
import type { ReactNode } from 'react';
import { errorText, useTranslation } from '@/i18n';
import { Switch } from '@/ui';
import { Group, Rows } from './Parts';
import styles from './ProfilePage.module.css';
import { usePrivacy } from './usePrivacy';

const icon = { size: 18, strokeWidth: 1.75, 'aria-hidden': true } as const;

/** What contacts learn of this person; who hides something does not learn it of them either. */
export function OthersSee() {
  const { t } = useTranslation();
  const [privacy, change, failure] = usePrivacy();
  return (
    <Group title={t('settings.othersSee')}>
      {failure !== undefined && (
        <p className={styles.marksFailure} role="alert">
          {errorText(failure)}
        </p>
      )}
      <Rows>
        <Choice
          icon={<CircleDot {...icon} />}
          label={t('settings.presence')}
          help={privacy.presence ? t('settings.presenceOn') : t('settings.presenceOff')}
          on={privacy.presence}
          onChange={(presence) => change({ presence })}
        />
        <Choice
          icon={<CheckCheck {...icon} />}
          label={t('settings.readMarks')}
          help={privacy.readReceipts ? t('settings.readMarksOn') : t('settings.readMarksOff')}
          on={privacy.readReceipts}
          onChange={(readReceipts) => change({ readReceipts })}
        />
        <Choice
          icon={<PencilLine {...icon} />}
          label={t('settings.typing')}
          help={privacy.typing ? t('settings.typingOn') : t('settings.typingOff')}
          on={privacy.typing}
          onChange={(typing) => change({ typing })}
        />
      </Rows>
    </Group>
  );
}

interface ChoiceProps {
  icon: ReactNode;
  label: string;
  help: string;
  on: boolean;
  onChange: (on: boolean) => void;
}

function Choice({ icon: drawing, label, help, on, onChange }: ChoiceProps) {
  return (
    <div className={styles.marks}>
      <span className={styles.marksIcon}>{drawing}</span>
      <Switch label={label} help={help} selected={on} onChange={onChange} />
    </div>
  );
}
