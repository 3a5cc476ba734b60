import { useEffect, useState } from 'react';
import type { Conversation } from '@/backend';
import { errorText, useTranslation } from '@/i18n';
import { endSelection, openTimeline, shortName, useTimeline, useTimelineFailure } from '@/model';
import { Button, Note, Skeleton } from '@/ui';
import { Stretch } from './Stretch';
import styles from './Timeline.module.css';

/** The messages of a conversation. */
export function Timeline({ conversation }: { conversation: Conversation }) {
  const { t } = useTranslation();
  const timeline = useTimeline(conversation.id);
  const failure = useTimelineFailure(conversation.id);
  const name = shortName(conversation.name);
  const { id } = conversation;

  // What is selected is forgotten with the conversation that it is in.
  useEffect(() => endSelection, [id]);

  return (
    <div className={styles.place}>
      {failure && (
        <Note
          kind="bad"
          role="alert"
          className={styles.failure ?? ''}
          action={
            <Button size="small" onPress={() => void openTimeline(conversation.id)}>
              {t('app.retry')}
            </Button>
          }
        >
          {errorText(failure)}
        </Note>
      )}
      {timeline ? (
        <Stretch
          key={`${conversation.id} ${timeline.serial}`}
          conversation={conversation}
          name={name}
          timeline={timeline}
        />
      ) : (
        !failure && <Waiting />
      )}
    </div>
  );
}

const forms: readonly [mine: boolean, width: number][] = [
  [false, 220],
  [false, 320],
  [true, 180],
  [false, 280],
  [true, 140],
];

/** A page that comes within this, in milliseconds, comes without grey forms that would only flash up. */
const patience = 150;

function Waiting() {
  const { t } = useTranslation();
  const [long, setLong] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setLong(true), patience);
    return () => clearTimeout(timer);
  }, []);
  return (
    <div className={styles.waiting} role="status" aria-label={t('timeline.loading')} aria-busy="true">
      {long &&
        forms.map(([mine, width]) => (
          <div key={width} className={styles.waitingLine} data-mine={mine || undefined}>
            {!mine && <Skeleton width={32} height={32} round={16} />}
            <Skeleton width={width} height={44} round={14} />
          </div>
        ))}
    </div>
  );
}
