import { memo } from 'react';
import type { Conversation, MatchRange, Profile, SearchHit } from '@/backend';
import { dateAndTime, foundTime, useTranslation } from '@/i18n';
import { initial, showConversation } from '@/model';
import { classes, FoundText, Lid, plainFound } from '@/ui';
import styles from './Hit.module.css';
import { elementOf, openOption, personOption } from './options';

export interface PersonHitProps {
  row: Conversation;
  /** Where the text stands in the name; undefined when the handle has it. */
  match: MatchRange | undefined;
  active: boolean;
}

/** Somebody whose name was found. */
export function PersonHit({ row, match, active }: PersonHitProps) {
  const { t } = useTranslation();
  const last =
    row.preview === '' && !row.previewDeleted
      ? t('search.noMessage')
      : t('search.lastMessage', { time: foundTime(row.lastTime) });
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the field and the list take the keys for the option that is active.
    <div
      id={elementOf(personOption(row.id))}
      className={classes(styles.hit, active && styles.active)}
      role="option"
      aria-selected={active}
      tabIndex={-1}
      onMouseDown={(event) => event.preventDefault()}
      onClick={() => showConversation(row.id)}
    >
      <Lid
        letter={initial(row.name)}
        color={row.color}
        size={36}
        presence={row.contact === 'mutual' ? row.presence : 'unknown'}
      />
      <span className={styles.text}>
        <span className={styles.name}>
          <FoundText text={row.name} ranges={match ? [match] : []} />
        </span>
        <span className={styles.snippet}>{match ? last : row.handle}</span>
      </span>
    </div>
  );
}

export interface MessageHitProps {
  hit: SearchHit;
  conversation: Conversation;
  profile: Profile;
  active: boolean;
  /** The day it is (model: useToday): times of today are written again after midnight. */
  today: string;
}

/** A message that was found: who wrote it to whom, when, and the part that shows why. */
export const MessageHit = memo(function MessageHit({ hit, conversation, profile, active }: MessageHitProps) {
  const { t } = useTranslation();
  const shown = plainFound(hit.snippet, hit.matches);
  const author = hit.mine ? profile : conversation;
  const title = hit.mine ? t('search.youTo', { name: conversation.name }) : conversation.name;
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the field and the list take the keys for the option that is active.
    <div
      id={elementOf(hit.id)}
      className={classes(styles.hit, active && styles.active)}
      role="option"
      aria-selected={active}
      tabIndex={-1}
      onMouseDown={(event) => event.preventDefault()}
      onClick={() => openOption(hit.id)}
    >
      <Lid letter={initial(author.name)} color={author.color} size={36} />
      <span className={styles.text}>
        <span className={styles.head}>
          <span className={styles.name}>{title}</span>
          <time className={styles.time} dateTime={hit.time} title={dateAndTime(hit.time)}>
            {foundTime(hit.time)}
          </time>
        </span>
        <span className={styles.snippet} dir="auto">
          <FoundText text={shown.text} ranges={shown.found} />
        </span>
      </span>
    </div>
  );
});
