import { Check, CheckCheck, Clock } from 'lucide-react';
import { type KeyboardEvent, type MouseEvent, memo, useState } from 'react';
import type { Message, Reaction } from '@/backend';
import { dayLabel, useTranslation } from '@/i18n';
import { askLink, showDelivery, useSession } from '@/model';
import { type Box, boxOf, classes, FormattedText, onMac } from '@/ui';
import { type Action, actionOfKey, isPossible, type Limits } from './actions';
import styles from './MessageRow.module.css';
import { MessageTools } from './MessageTools';
import { Quote } from './Quote';
import { Reactions } from './Reactions';
import type { Row } from './rows';
import selectionStyles from './Selection.module.css';
import { SpeakerLid } from './SpeakerLid';
import type { Pick } from './useSelecting';
import { VanishMark } from './VanishMark';
import { deletedWords, editedWords, messageWords, type Speaker, timeWords } from './words';

export interface MessageRowProps {
  row: Row;
  speaker: Speaker;
  /** Links are live only in accepted conversations. */
  links: boolean;
  limits: Limits;
  newCount: number;
  /** The day it is (model: useToday): "Today" is not today any more after midnight. */
  today: string;
  /** What of the tools of this message is open. */
  opened: Action | undefined;
  /** It was jumped to, and is marked for a moment. */
  marked: boolean;
  /** It is in the composer. */
  edited: boolean;
  /** Messages are being selected: a press anywhere on one picks it, and nothing in it answers. */
  selecting: boolean;
  selected: boolean;
  /** It has just come; what is only mounted again is no news of the log. */
  news: boolean;
  onAction: (action: Action, message: Message, at: Box) => void;
  onToggle: (message: Message, reaction: Reaction) => void;
  onFollow: (message: Message) => void;
  onPick: (message: Message, how: Pick) => void;
}

export const MessageRow = memo(function MessageRow(props: MessageRowProps) {
  const { row, speaker, limits, newCount, selecting, selected, news, onToggle, onAction, onPick } = props;
  const { t } = useTranslation();
  const { message } = row;
  const [focused, setFocused] = useState(false);

  /** A press picks while messages are selected; with Ctrl (⌘) it begins that. */
  function onClick(event: MouseEvent<HTMLElement>): void {
    if (!selecting && (!(onMac ? event.metaKey : event.ctrlKey) || inControl(event.target))) return;
    event.preventDefault();
    onPick(message, selecting && event.shiftKey ? 'range' : 'one');
    event.currentTarget.querySelector<HTMLElement>('[data-message]')?.focus({ preventScroll: true });
  }

  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: the message inside and its box take the keys and say their names.
    // biome-ignore lint/a11y/useKeyWithClickEvents: as above.
    <div
      className={classes(styles.slot, selecting && styles.selecting)}
      data-selected={selected || undefined}
      aria-live={news ? undefined : 'off'}
      onClick={onClick}
      // No words are marked on the way.
      onMouseDown={(event) => {
        if (selecting) event.preventDefault();
      }}
      onContextMenu={(event) => {
        if (selecting) event.preventDefault();
      }}
      // A message that was clicked has the pointer; the tools are for the focus that a keyboard moves.
      onFocus={(event) => setFocused(event.target.matches(':focus-visible'))}
      onBlur={(event) => setFocused(focused && within(event.currentTarget, event.relatedTarget))}
    >
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
      <div className={classes(styles.line, message.mine && styles.mine, row.first ? styles.first : styles.joined)}>
        {!message.mine &&
          (row.last ? (
            <SpeakerLid conversation={message.conversation} name={speaker.name} color={speaker.color} />
          ) : (
            <span className={styles.gutter} />
          ))}
        {selecting && (
          <input
            type="checkbox"
            className={selectionStyles.mark}
            tabIndex={-1}
            checked={selected}
            aria-label={t('selection.mark', {
              author: message.mine ? t('timeline.you') : speaker.name,
              time: timeWords(message),
            })}
            onChange={() => undefined}
          />
        )}
        <Bubble {...props} focused={focused} />
      </div>
      <Reactions
        message={message}
        speaker={speaker}
        open={isPossible('react', message, limits)}
        reachable={focused && !selecting}
        onToggle={onToggle}
        onAdd={(held, at) => onAction('react', held, at)}
      />
    </div>
  );
});

/** Whether a press is for something that answers it by itself. */
function inControl(target: EventTarget | null): boolean {
  return target instanceof Element && target.closest('a, button') !== null;
}

function within(place: Element, target: EventTarget | null): boolean {
  return target instanceof Node && place.contains(target);
}

function Bubble(props: MessageRowProps & { focused: boolean }) {
  const { row, speaker, links, limits, opened, marked, edited, selecting, selected, focused, onAction, onFollow } =
    props;
  const { t } = useTranslation();
  const { message } = row;
  const asWritten = useSession((state) => state.settings.asWritten ?? false);
  const [hovered, setHovered] = useState(false);
  const active = !selecting && (hovered || focused || opened !== undefined);

  const words = messageWords(message, speaker);

  function openMenu(event: MouseEvent<HTMLElement>): void {
    // A marked text, or a link, has the system's own menu.
    const place = event.target instanceof Element ? event.target : event.currentTarget;
    if (place.closest('a') || window.getSelection()?.isCollapsed === false) return;
    event.preventDefault();
    if (isPossible('more', message, limits))
      onAction('more', message, { left: event.clientX, top: event.clientY, width: 0, height: 0 });
  }

  function onKeyDown(event: KeyboardEvent<HTMLElement>): void {
    if (selecting || event.altKey || event.ctrlKey || event.metaKey || event.target !== event.currentTarget) return;
    const action = actionOfKey(event);
    if (!action || !isPossible(action, message, limits)) return;
    event.preventDefault();
    const tools = event.currentTarget.querySelector('[data-tools]');
    onAction(action, message, boxOf(action === 'react' && tools ? tools : event.currentTarget));
  }

  return (
    <article
      className={classes(styles.bubble, message.deleted && styles.deleted)}
      aria-label={selected ? t('selection.selectedMessage', { message: words }) : words}
      tabIndex={-1}
      data-message={message.id}
      data-state={message.state}
      data-marked={marked || undefined}
      data-edited={edited || undefined}
      onPointerEnter={() => setHovered(true)}
      onPointerLeave={() => setHovered(false)}
      onContextMenu={openMenu}
      onKeyDown={onKeyDown}
    >
      <Quote message={message} speaker={speaker} reachable={focused && !selecting} onFollow={onFollow} />
      {message.deleted ? (
        <span className={styles.text}>{deletedWords(message, speaker)}</span>
      ) : (
        <FormattedText text={message.text} asWritten={asWritten} onLink={links ? askLink : undefined} />
      )}
      <span className={styles.meta}>
        {message.edited && (
          <span className={styles.edited} title={editedWords(message)}>
            {t('message.edited')}
          </span>
        )}
        <VanishMark message={message} />
        <time dateTime={message.time}>{timeWords(message)}</time>
        {!message.deleted && <StateMark message={message} />}
      </span>
      {active && isPossible('more', message, limits) && (
        <MessageTools message={message} limits={limits} opened={opened} onAction={onAction} />
      )}
    </article>
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
      data-delivery=""
      onClick={() => showDelivery(message)}
    >
      <Mark size={15} strokeWidth={2} aria-hidden="true" />
    </button>
  );
}
