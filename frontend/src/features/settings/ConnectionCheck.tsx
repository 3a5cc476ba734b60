import { CircleCheck, CircleHelp, CircleX, Copy, RotateCw, TriangleAlert } from 'lucide-react';
import { useState } from 'react';
import { backend, type ConnectionCheck as Check, type CheckGrade, type LogLine } from '@/backend';
import { errorText, useTranslation } from '@/i18n';
import { session, showToast, useCall, useSession } from '@/model';
import { Button, Card, classes, Hidden, Note } from '@/ui';
import styles from './About.module.css';
import { findingText, partOf, tookText } from './findings';
import { reportOf } from './logText';

const icon = { size: 18, strokeWidth: 1.75, 'aria-hidden': true } as const;
const small = { size: 16, strokeWidth: 1.75, 'aria-hidden': true } as const;

const signs: Record<CheckGrade, typeof CircleCheck> = {
  good: CircleCheck,
  warn: TriangleAlert,
  bad: CircleX,
  unknown: CircleHelp,
};

/** Asks servers and relays what works on this network, and says what to do about what does not. */
export function ConnectionCheck({ log }: { log: readonly LogLine[] }) {
  const { t } = useTranslation();
  const version = useSession((state) => state.version);
  const [check, setCheck] = useState<Check>();
  const { pending, failure, run } = useCall();
  const troubles = check?.findings.filter(({ grade }) => grade === 'bad' || grade === 'warn').length ?? 0;

  const start = () => run(async () => setCheck(await backend().checkConnection()));
  const copy = () => {
    navigator.clipboard.writeText(reportOf(check?.findings ?? [], log, version, session.getState().network)).then(
      () => showToast(t('about.reportCopied')),
      () => showToast(t('app.copyFailed')),
    );
  };

  return (
    <section aria-label={t('about.check')}>
      <div className={styles.head}>
        <h3 className={styles.headTitle}>{t('about.check')}</h3>
        <Button size="small" icon={<RotateCw {...small} />} pending={pending} onPress={start}>
          {pending ? t('about.checking') : check ? t('about.again') : t('about.run')}
        </Button>
        <Button size="small" icon={<Copy {...small} />} onPress={copy}>
          {t('about.copyReport')}
        </Button>
      </div>
      {failure !== undefined && (
        <Note kind="bad" role="alert" className={styles.failure ?? ''}>
          {errorText(failure)}
        </Note>
      )}
      <Card>
        {check ? (
          <dl className={styles.findings}>
            {check.findings.map((finding) => {
              const Sign = signs[finding.grade];
              const part = partOf(finding);
              return (
                <div key={`${finding.code} ${finding.params.host ?? ''}`} className={styles.finding}>
                  <dt className={styles.part}>
                    <span className={classes(styles.sign, styles[finding.grade])}>
                      <Sign {...icon} />
                    </span>
                    {part ? t(`about.part_${part}`) : finding.code}
                    <Hidden>, {t(`about.grade.${finding.grade}`)}</Hidden>
                  </dt>
                  <dd className={styles.said}>{findingText(finding)}</dd>
                </div>
              );
            })}
          </dl>
        ) : (
          <p className={styles.before}>{t(pending ? 'about.checkingText' : 'about.before')}</p>
        )}
      </Card>
      <p className={styles.fact} role="status">
        {check &&
          !pending &&
          `${troubles > 0 ? t('about.troubles', { count: troubles }) : t('about.fine')} · ${t('about.took', {
            seconds: tookText(check.took),
          })}`}
      </p>
    </section>
  );
}
