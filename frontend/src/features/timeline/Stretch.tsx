import { ArrowDown } from 'lucide-react';
import { useCallback, useEffect, useLayoutEffect, useMemo, useRef, useState } from 'react';
import { Virtualizer, type VirtualizerHandle } from 'virtua';
import type { Conversation } from '@/backend';
import { dayLabel, useTranslation } from '@/i18n';
import {
  heldMost,
  keepPosition,
  loadNewer,
  loadOlder,
  type OpenTimeline,
  pageSize,
  sawMessage,
  showLatest,
  trimTimeline,
  useAim,
  useFocused,
  useSession,
  useToday,
} from '@/model';
import { Badge, classes, Hidden, PopoverAt } from '@/ui';
import { limitsOf } from './actions';
import { MessageMenu } from './MessageMenu';
import { MessageRow } from './MessageRow';
import parts from './Parts.module.css';
import { QuickReactions } from './QuickReactions';
import { timelineRows } from './rows';
import { SelectionBar } from './SelectionBar';
import styles from './Timeline.module.css';
import { useHand } from './useHand';
import { useLanding } from './useLanding';
import { followToQuoted, toggleEmoji, toggleReaction, useMessageActions } from './useMessageActions';
import { useMessageKeys } from './useMessageKeys';
import { type SeenRow, useRemovals } from './useRemovals';
import { useSelecting } from './useSelecting';
import { followsAfter, latestFrom, newestSeen, rowHeight, rowsAt, trimSide } from './visible';
import { WayBack } from './WayBack';
import { type Speaker, speakerOf } from './words';

export interface StretchProps {
  conversation: Conversation;
  /** What the person is called in a sentence. */
  name: string;
  timeline: OpenTimeline;
}

/** How long the day stays above the messages after a scroll, in milliseconds. */
const dayRest = 1500;
/** How long the first frames may take to measure what is mounted, in milliseconds. */
const settleTime = 150;

const none: readonly number[] = [];

/** The stretch of a timeline that is held, mounted as far as it is visible. A new `serial` mounts it anew at its anchor. */
export function Stretch({ conversation, name, timeline }: StretchProps) {
  const { t } = useTranslation();
  const id = conversation.id;
  const scroller = useRef<HTMLDivElement>(null);
  const content = useRef<HTMLDivElement>(null);
  const list = useRef<VirtualizerHandle>(null);
  const following = useRef(timeline.anchor.kind === 'end');
  const lastTop = useRef(0);
  /** The first sizes are measured and the view stands at its anchor; before that, no scroll is the person's. */
  const settled = useRef(false);
  const [atEnd, setAtEnd] = useState(timeline.anchor.kind === 'end');
  const [day, setDay] = useState('');
  const [dayShown, setDayShown] = useState(false);
  // They are mounted with the list, which does not know yet how much of it is visible: measured in one go, all of it
  // stands in its place in the first frame.
  const [first, setFirst] = useState(() => rowsAt(timeline.anchor, timeline.messages, window.innerHeight));
  const { scrolls: handScrolls, forget: forgetHand } = useHand(scroller);
  const focused = useFocused();
  const today = useToday();
  const rows = useMemo(
    () => timelineRows(timeline.messages, timeline.hasBefore, timeline.newLine?.message),
    [timeline.messages, timeline.hasBefore, timeline.newLine?.message],
  );
  // Rows come and go with the view, a new message too makes some: the log has to say that one alone.
  const last = timeline.messages.at(-1)?.order ?? '';
  const [heard, setHeard] = useState({ before: last, last });
  if (last > heard.last) setHeard({ before: heard.last, last });
  const { color, peerId, name: fullName } = conversation;
  const speaker = useMemo<Speaker>(
    () => speakerOf({ color, peerId, name: fullName }, name),
    [color, peerId, fullName, name],
  );
  const problem = useSession((state) => state.problem);
  const { silent, readOnly } = limitsOf(conversation, problem);
  const limits = useMemo(() => ({ silent, readOnly }), [silent, readOnly]);
  const { opened, run, close } = useMessageActions();
  const { edit } = useAim(id);
  const seen = useRef<readonly SeenRow[]>([]);

  /** The view in the list's own pixels, and how far it is from the end. */
  const measure = useCallback(() => {
    const view = scroller.current;
    const handle = list.current;
    if (!view || !handle || !content.current) return undefined;
    const top = view.scrollTop - content.current.offsetTop;
    return {
      view,
      handle,
      top,
      bottom: top + view.clientHeight,
      distance: view.scrollHeight - view.scrollTop - view.clientHeight,
    };
  }, []);

  const pin = useCallback(() => {
    const view = scroller.current;
    if (view) view.scrollTop = view.scrollHeight;
  }, []);

  /** Everything that depends on what is on screen now. */
  const look = useCallback(() => {
    const now = measure();
    if (!now || rows.length === 0) return;
    const { handle, top, bottom, distance, view } = now;
    if (settled.current) following.current = followsAfter(following.current, distance, false);
    const firstIndex = handle.findItemIndex(Math.max(0, top));
    const firstRow = rows[firstIndex];
    setAtEnd(distance <= latestFrom && !timeline.hasAfter);
    if (firstRow) {
      setDay(firstRow.message.time);
      keepPosition(
        id,
        following.current && !timeline.hasAfter
          ? { kind: 'end' }
          : { kind: 'message', message: firstRow.message.id, offset: top - handle.getItemOffset(firstIndex) },
      );
    }
    const lastIndex = handle.findItemIndex(bottom);
    const shown = rows.slice(firstIndex, lastIndex + 1);
    seen.current = shown.map((row, at) => ({
      id: row.message.id,
      offset: top - handle.getItemOffset(firstIndex + at),
    }));
    const newest = newestSeen(rows, handle, bottom);
    if (newest) sawMessage(id, newest.message.id, newest.message.order);
    if (timeline.messages.length > heldMost + pageSize) {
      trimTimeline(id, trimSide(rows.length, firstIndex, lastIndex));
    } else if (top < view.clientHeight * 1.5 && timeline.hasBefore) void loadOlder(id);
    else if (distance < view.clientHeight * 1.5 && timeline.hasAfter) void loadNewer(id);
  }, [measure, rows, id, timeline.hasAfter, timeline.hasBefore, timeline.messages.length]);

  /** What grows while the view follows keeps the end in sight. */
  const follow = useCallback(() => {
    if (following.current && !timeline.hasAfter) pin();
  }, [pin, timeline.hasAfter]);

  // The first frame stands at the anchor.
  const anchored = useRef(false);
  useLayoutEffect(() => {
    if (anchored.current) return;
    anchored.current = true;
    const { anchor } = timeline;
    const index = anchor.kind === 'end' ? -1 : rows.findIndex((row) => row.message.id === anchor.message);
    if (index < 0) {
      following.current = true;
      pin();
    } else {
      const place = anchor.kind === 'found' ? { align: 'center' as const } : { align: 'start' as const, offset: -48 };
      list.current?.scrollToIndex(index, anchor.kind === 'message' ? { align: 'start', offset: anchor.offset } : place);
    }
  }, [timeline, rows, pin]);

  useEffect(() => {
    const timer = setTimeout(() => {
      settled.current = true;
      setFirst(none);
      look();
    }, settleTime);
    return () => clearTimeout(timer);
  }, [look]);

  // While the view follows, whatever grows (a message, a line of the composer, a measured size) keeps the end in sight.
  useLayoutEffect(follow, [rows, conversation.typing, follow]);

  // The observer calls at once for what it begins to watch: so this looks again whenever rows or focus changed, too. It is
  // there before the first frame, which then stands where it should.
  useLayoutEffect(() => {
    const watched = new ResizeObserver(() => {
      follow();
      look();
    });
    for (const element of [scroller.current, content.current, scroller.current?.lastElementChild]) {
      if (element) watched.observe(element);
    }
    return () => watched.disconnect();
  }, [look, follow, focused]);

  // The person sent something, or asked for the latest.
  const jumps = useRef(timeline.jumps);
  useLayoutEffect(() => {
    if (jumps.current === timeline.jumps) return;
    jumps.current = timeline.jumps;
    following.current = true;
    forgetHand();
    pin();
  }, [timeline.jumps, pin, forgetHand]);

  useEffect(() => {
    if (!dayShown) return;
    const timer = setTimeout(() => setDayShown(false), dayRest);
    return () => clearTimeout(timer);
  }, [dayShown, day]);

  function onScroll(): void {
    const now = measure();
    if (!now) return;
    const top = now.view.scrollTop;
    const wentUp = handScrolls() && top < lastTop.current - 1;
    following.current = followsAfter(following.current, now.distance, wentUp);
    lastTop.current = top;
    if (handScrolls() && !following.current) setDayShown(true);
    look();
  }

  const goToLatest = useCallback(() => {
    void showLatest(id);
  }, [id]);
  const {
    onKeyDown,
    focusMessage,
    focused: focusedMessage,
    focusedIndex,
  } = useMessageKeys({
    rows,
    list,
    scroller,
    onEnd: goToLatest,
  });
  const kept = focusedIndex === undefined ? first : [...first, focusedIndex];
  const selecting = useSelecting({ conversation, speaker, readOnly, focusMessage });
  useRemovals({ removals: timeline.removals, rows, list, seen, following, focused: focusedMessage });
  const marked = useLanding(timeline.found, focusMessage);
  const openedMessage = opened && timeline.messages.find((message) => message.id === opened.message);
  const unseen = conversation.unread;

  return (
    <>
      <div
        ref={scroller}
        className={styles.log}
        role="log"
        aria-label={t('timeline.label', { name: conversation.name })}
        data-selecting={selecting.selecting || undefined}
        // Rows that are mounted by scrolling are no news; while the window is in the background only the count is said.
        aria-live={focused && atEnd ? 'polite' : 'off'}
        aria-relevant="additions"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable with the keyboard.
        tabIndex={0}
        data-log=""
        data-held={conversation.line.state === 'held' || undefined}
        onScroll={onScroll}
        onKeyDown={(event) => {
          if (selecting.onKey(event)) event.preventDefault();
          else onKeyDown(event, selecting.extend);
        }}
      >
        <div className={styles.spacer} />
        <div ref={content} className={styles.content}>
          <Virtualizer
            ref={list}
            scrollRef={scroller}
            shift={timeline.side === 'start'}
            data={rows}
            bufferSize={400}
            itemSize={rowHeight}
            keepMounted={kept}
            onResize={follow}
          >
            {(row) => (
              <MessageRow
                key={row.message.id}
                row={row}
                speaker={speaker}
                links={conversation.contact === 'mutual'}
                newCount={timeline.newLine?.count ?? 0}
                today={today}
                limits={limits}
                opened={opened?.message === row.message.id ? opened.action : undefined}
                marked={marked === row.message.id}
                edited={edit?.message.id === row.message.id}
                onAction={run}
                onToggle={toggleReaction}
                selecting={selecting.selecting}
                selected={selecting.messages?.has(row.message.id) ?? false}
                news={row.message.order > heard.before}
                onFollow={followToQuoted}
                onPick={selecting.pick}
              />
            )}
          </Virtualizer>
        </div>
        <div className={styles.foot}>
          {conversation.contact === 'asked' && !conversation.following && (
            <p className={styles.asked}>{t('timeline.asked', { name })}</p>
          )}
          {/* There before its words are, so that they are said. */}
          <div role="status">
            {conversation.typing && !timeline.hasAfter && (
              <div className={styles.typing}>
                <span className={styles.dots} aria-hidden="true">
                  <i />
                  <i />
                  <i />
                </span>
                {t('timeline.typing', { name })}
              </div>
            )}
          </div>
        </div>
      </div>
      {day && (
        <div className={styles.pill} data-shown={(dayShown && !atEnd) || undefined} aria-hidden="true">
          {dayLabel(day)}
        </div>
      )}
      {timeline.back && <WayBack conversation={id} back={timeline.back} />}
      <div className={classes(parts.ways, selecting.selecting && parts.raised)}>
        {!atEnd && (
          <button
            type="button"
            className={styles.latest}
            // More than the badge counts is called what is written on it.
            aria-label={unseen > 0 && unseen < 1000 ? t('timeline.latestLabel', { count: unseen }) : undefined}
            onClick={goToLatest}
          >
            <ArrowDown size={16} strokeWidth={1.75} aria-hidden="true" />
            {t('timeline.latest')} {unseen > 0 && <Badge count={unseen} />}
          </button>
        )}
      </div>
      {selecting.selecting && (
        <SelectionBar
          readOnly={readOnly}
          onCopy={selecting.copy}
          onRemove={selecting.remove}
          onEnd={selecting.end}
          onKeyDown={(event) => {
            if (selecting.onKey(event)) event.preventDefault();
          }}
        />
      )}
      {openedMessage && opened.action === 'more' && (
        <MessageMenu message={openedMessage} limits={limits} at={opened.at} onAction={run} onClose={close} />
      )}
      {openedMessage && opened.action === 'react' && (
        <PopoverAt label={t('message.quickLabel')} at={opened.at} onClose={close}>
          <QuickReactions
            message={openedMessage}
            onPick={(emoji) => {
              close();
              toggleEmoji(openedMessage, emoji);
            }}
          />
        </PopoverAt>
      )}
      <Hidden live>{!focused && unseen > 0 ? t('timeline.background', { count: unseen, name }) : ''}</Hidden>
    </>
  );
}
