import { ArchiveRestore, CalendarClock, KeyRound } from 'lucide-react';
import { useState } from 'react';
import { type Automatic, BackendError, backend, type Every } from '@/backend';
import { dateAndTime, errorText, gap, useTranslation } from '@/i18n';
import { Button, Note, Select } from '@/ui';
import { Group, Row, Rows } from './Parts';
import styles from './Storage.module.css';

const icon = { size: 18, strokeWidth: 1.75, 'aria-hidden': true } as const;
const choices = ['', 'day', 'week'] as const;

interface AutomaticBackupProps {
  now: Automatic;
  /** A passphrase is needed first. */
  onStart: (every: Every) => void;
  onRestore: () => void;
  onChanged: () => void;
}

/** How often a backup is made without anybody asking, why the last one was not, and the way back from one. */
export function AutomaticBackup({ now, onStart, onRestore, onChanged }: AutomaticBackupProps) {
  const { t } = useTranslation();
  const [failure, setFailure] = useState<unknown>();
  const { every, failedAt, next, problem } = now;

  function choose(chosen: Every): void {
    setFailure(undefined);
    if (every === '' && chosen !== '') onStart(chosen);
    else backend().automaticBackup(chosen, '').then(onChanged, setFailure);
  }

  return (
    <>
      {(failure !== undefined || problem) && (
        <Note kind="bad" role="alert">
          {failure !== undefined || !problem ? (
            errorText(failure)
          ) : (
            <>
              {failedAt && <b>{t('lock.autoFailed', { when: dateAndTime(failedAt) }) + gap()}</b>}
              {errorText(new BackendError(problem))}
              {failedAt && gap() + t('lock.autoNext', { when: dateAndTime(next) })}
            </>
          )}
        </Note>
      )}
      <Group title={t('lock.backup')}>
        <Rows>
          <Row icon={<CalendarClock {...icon} />} title={t('lock.auto')} help={t('lock.autoText')}>
            <Select
              className={styles.select}
              label={t('lock.auto')}
              labelHidden
              options={choices.map((value) => ({ value, label: t(`lock.every.${value || 'off'}`) }))}
              value={every}
              onChange={choose}
            />
          </Row>
          {every && (
            <Row icon={<KeyRound {...icon} />} title={t('lock.passphrase')} help={t('lock.autoWords')}>
              <Button size="small" onPress={() => onStart(every)}>
                {t('lock.change')}
              </Button>
            </Row>
          )}
          <Row icon={<ArchiveRestore {...icon} />} title={t('lock.restore')} help={t('lock.restoreHelp')}>
            <Button size="small" onPress={onRestore}>
              {t('lock.choose')}
            </Button>
          </Row>
        </Rows>
      </Group>
    </>
  );
}
