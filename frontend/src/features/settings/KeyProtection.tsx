import { Clock, KeyRound, LockKeyhole } from 'lucide-react';
import { useEffect, useState } from 'react';
import { backend, type LockState } from '@/backend';
import { errorText, gap, useTranslation } from '@/i18n';
import { showToast, useSession } from '@/model';
import { Button, Note, Select } from '@/ui';
import { Group, Row, Rows } from './Parts';
import { ProtectionDialog } from './ProtectionDialog';
import styles from './Storage.module.css';
import { useChange } from './useChange';

const icon = { size: 18, strokeWidth: 1.75, 'aria-hidden': true } as const;
const minutes = ['0', '1', '5', '15', '60'] as const;

/** Where the key to the keys is, and when it is given up. */
export function KeyProtection() {
  const { t } = useTranslation();
  const after = useSession((state) => state.settings.lockAfter ?? 0);
  const [state, setState] = useState<LockState>();
  const [changing, setChanging] = useState(false);
  const [failure, setFailure] = useState<unknown>();
  const [change, refused] = useChange();
  const trouble = failure ?? refused;
  const locks = state?.protection === 'passphrase';

  useEffect(() => {
    backend().lockState().then(setState, setFailure);
  }, []);

  return (
    <Group title={t('lock.keys')}>
      {trouble !== undefined && (
        <Note kind="bad" role="alert">
          {errorText(trouble)}
        </Note>
      )}
      <Rows>
        <Row
          icon={<KeyRound {...icon} />}
          title={t('lock.where')}
          help={
            <>
              {state && t(`lock.whereText.${state.protection}`) + gap()}
              {t('lock.keysFact')}
            </>
          }
        >
          <Button size="small" onPress={() => setChanging(true)}>
            {t('lock.change')}
          </Button>
        </Row>
        <Row icon={<LockKeyhole {...icon} />} title={t('lock.now')} help={t('lock.nowText')}>
          <Button
            size="small"
            disabledReason={locks ? undefined : t('lock.noPassphrase')}
            onPress={() => {
              backend().lock().catch(setFailure);
            }}
          >
            {t('lock.now')}
          </Button>
        </Row>
        {locks && (
          <Row icon={<Clock {...icon} />} title={t('lock.after')} help={t('lock.afterText')}>
            <Select
              className={styles.select}
              label={t('lock.after')}
              labelHidden
              options={minutes.map((value) => ({
                value,
                label:
                  value === '0'
                    ? t('lock.neverLock')
                    : value === '60'
                      ? t('lock.hour')
                      : t('lock.minutes', { count: Number(value) }),
              }))}
              value={minutes.find((value) => Number(value) === after) ?? '0'}
              onChange={(value) => change({ lockAfter: Number(value) })}
            />
          </Row>
        )}
      </Rows>
      {changing && state && (
        <ProtectionDialog
          now={state.protection}
          onClose={(next) => {
            setChanging(false);
            if (!next) return;
            setState(next);
            showToast(t('lock.done'));
          }}
        />
      )}
    </Group>
  );
}
