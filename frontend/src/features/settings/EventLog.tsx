import { useState } from 'react';
import type { LogLine } from '@/backend';
import { secondTime, useTranslation } from '@/i18n';
import { shortName, useSession } from '@/model';
import { Segmented } from '@/ui';
import about from './About.module.css';
import styles from './EventLog.module.css';
import { hostOf, logText, type Names, subjectText } from './logText';

/** How many lines are drawn; the report has all. */
export const mostDrawn = 100;

/** What happened in this run, newest first. */
export function EventLog({ lines }: { lines: readonly LogLine[] | undefined }) {
  const { t } = useTranslation();
  const conversations = useSession((state) => state.conversations);
  const servers = useSession((state) => state.network.servers);
  const [which, setWhich] = useState<'all' | 'problems'>('all');
  const names: Names = {
    person: (id) => shortName(conversations[id]?.name ?? '') || t('message.somebody'),
    server: (id) => hostOf(servers.find((one) => one.id === id)?.address ?? '…'),
  };
  const shown = (lines ?? []).filter(({ problem }) => which === 'all' || problem).slice(0, mostDrawn);

  return (
    <section aria-label={t('about.log')}>
      <div className={about.head}>
        <h3 className={about.headTitle}>{t('about.log')}</h3>
        <Segmented
          label={t('about.log')}
          options={[
            { value: 'all', label: t('conversations.all') },
            { value: 'problems', label: t('about.logProblems') },
          ]}
          value={which}
          onChange={setWhich}
        />
      </div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: the keys that scroll need a place */}
      <ul className={styles.log} tabIndex={0} aria-label={t('about.log')}>
        {shown.map((line) => (
          <li key={`${line.time} ${line.kind} ${line.conversation}${line.server}`} className={styles.line}>
            <time dateTime={line.time}>{secondTime(line.time)}</time>{' '}
            <span className={styles.subject}>{subjectText(line, names)}</span> <span>{logText(line, names)}</span>
          </li>
        ))}
        {lines && shown.length === 0 && <li>{t('about.logEmpty')}</li>}
      </ul>
      <p className={about.fact}>{t('about.logNote')}</p>
    </section>
  );
}
