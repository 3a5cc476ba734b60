import { Check, CheckCheck, Clock, Copy } from 'lucide-react';
import { memo, useMemo } from 'react';
import type { Message } from '@/backend';
import { clockTime, dayLabel, useTranslation } from '@/i18n';
import { askLink, showDelivery } from '@/model';
import { classes } from '@/ui';
import { type Piece, piecesOf } from './links';
import styles from './MessageRow.module.css';
import type { Row } from './rows';
import { SpeakerLid } from './SpeakerLid';
import { VanishMark } from './VanishMark';

export interface Speaker {
  name: string;
  shortName: string;
  color: number;
}

export interface MessageRowProps {
  row: Row;
  speaker: Speaker;
  /** Links are live only in accepted conversations. */
  links: boolean;
  newCount: number;
  /** The day it is (model: useToday): "Today" is not today any more after midnight. */
  today: string;
  /** It was jumped to, and is marked for a moment. */
  found: boolean;
  onCopy: (message: Message) => void;
}

export const MessageRow = memo(function MessageRow({ row, speaker, links, newCount, found, onCopy }: MessageRowProps) {
  const { t } = useTranslation();
  const { message } = row;
  const time = clockTime(message.time);
  const author = message.mine ? t('timeline.you') : speaker.name;
  const label =
    message.state === 'received'
      ? t('timeline.message', { author, time, text: message.text })
      : t('timeline.messageState', { author, time, text: message.text, state: t(`timeline.state.${message.state}`) });
  return (
    <div className={styles.slot}>
      {row.beginning && <p className={styles.beginning}>{t('timeline.beginning', { name: speaker.shortName })}</p>}
      {row.day && (
        <div className={styles.day} role="separator" aria-label={dayLabel(message.time)}>
          {dayLabel(message.time)}
        </div>
      )}
      {row.newLine && (
        <div className={styles.newLine} role="separator" aria-label={t('timeline.newMessages', { count: newCount })}>
          {t('timeline.newMessages', { count: newCount })}
        </div>
      )}
      <div
        className={classes(
          styles.line,
          message.mine && styles.mine,
          row.first ? styles.first : styles.joined,
          found && styles.found,
        )}
      >
        {!message.mine &&
          (row.last ? (
            <SpeakerLid conversation={message.conversation} name={speaker.name} color={speaker.color} />
          ) : (
            <span className={styles.gutter} />
          ))}
        <article className={styles.bubble} aria-label={label} tabIndex={-1} data-message={message.id}>
          <MessageText text={message.text} links={links} />
          <span className={styles.meta}>
            <VanishMark message={message} />
            <time dateTime={message.time}>{time}</time>
            <StateMark message={message} />
          </span>
          <span className={styles.tools}>
            <button
              type="button"
              className={styles.tool}
              tabIndex={-1}
              aria-label={t('timeline.copy')}
              title={t('timeline.copy')}
              onClick={() => onCopy(message)}
            >
              <Copy size={18} strokeWidth={1.75} aria-hidden="true" />
            </button>
          </span>
        </article>
      </div>
    </div>
  );
});

function MessageText({ text, links }: { text: string; links: boolean }) {
  const pieces = useMemo<Piece[]>(() => (links ? piecesOf(text) : [{ at: 0, text }]), [text, links]);
  return (
    <span className={styles.text} dir="auto">
      {pieces.map(({ at, text: shown, address }) => {
        if (!address) return <span key={at}>{shown}</span>;
        return (
          <a
            key={at}
            href={address}
            rel="noopener noreferrer"
            onClick={(event) => {
              event.preventDefault();
              askLink(address);
            }}
          >
            {shown}
          </a>
        );
      })}
    </span>
  );
}

/** How far a message of mine is. */
const marks = { queued: Clock, stored: Check, delivered: CheckCheck, read: CheckCheck } as const;

function StateMark({ message }: { message: Message }) {
  const { t } = useTranslation();
  if (message.state === 'received') return null;
  const label = t(`timeline.state.${message.state}`);
  const Mark = marks[message.state];
  return (
    <button
      type="button"
      className={classes(styles.mark, message.state === 'read' && styles.read)}
      tabIndex={-1}
      aria-label={`${label}. ${t('delivery.open')}`}
      title={label}
      onClick={() => showDelivery(message)}
    >
      <Mark size={15} strokeWidth={2} aria-hidden="true" />
    </button>
  );
}
