import { createStore } from 'zustand/vanilla';
import { type BackendError, backend, type Message, type Page, toBackendError } from '@/backend';
import { conversationOnScreen } from './attention';
import { asTold, tellCleared, tellPages, tellRemoved } from './meanwhile';
import { session } from './session';
import { looked } from './standing';
import {
  endsAs,
  fromPage,
  heldMost,
  pageSize,
  type Timeline,
  trimmed,
  withMessages,
  withNewer,
  withOlder,
  withoutMessages,
} from './timeline';
import { view } from './view';

/** Where the eye should be when a timeline appears. */
export type Anchor =
  | { kind: 'end' }
  | { kind: 'unread'; message: string }
  | { kind: 'message'; message: string; offset: number }
  /** A message that was jumped to: it stands in the middle. */
  | { kind: 'found'; message: string };

/** Where somebody was before a jump. */
export type Origin = { kind: 'search' } | { kind: 'timeline'; conversation: string; anchor: Anchor };

/** The "n new messages" line; it stays where it is until the conversation is left. */
export interface NewLine {
  message: string;
  count: number;
}

export interface OpenTimeline extends Timeline {
  /** Grows when the stretch is replaced by another one: the view starts anew at `anchor`. */
  serial: number;
  anchor: Anchor;
  newLine: NewLine | undefined;
  loading: 'older' | 'newer' | undefined;
  /** The end at which messages were added or dropped last: the view keeps its place from the other one. */
  side: 'start' | 'end';
  /** Grows when the view should go to its end, whatever is read. */
  jumps: number;
  /** The message that was jumped to, which is marked for a moment; '' for none. */
  found: string;
  /** Where the way back from a jump leads; undefined when nobody jumped, or went on since. */
  back: Origin | undefined;
  /** Grows when messages were taken out: the view finds its place anew by what it showed. */
  removals: number;
}

interface Timelines {
  open: Readonly<Record<string, OpenTimeline>>;
  failures: Readonly<Record<string, BackendError>>;
}

export const timelines = createStore<Timelines>()(() => ({ open: {}, failures: {} }));

/** So many conversations keep their stretch after they are left. */
const keptMost = 5;
const recent: string[] = [];
let serial = 0;

function update(conversation: string, change: (timeline: OpenTimeline) => OpenTimeline): void {
  const { open } = timelines.getState();
  const held = open[conversation];
  if (!held) return;
  const next = change(held);
  if (next !== held) timelines.setState({ open: { ...open, [conversation]: next } });
}

function put(stretch: Timeline, anchor: Anchor, newLine: NewLine | undefined, found = '', back?: Origin): void {
  serial += 1;
  const id = stretch.conversation;
  const { open, failures } = timelines.getState();
  const others = Object.fromEntries(Object.entries(failures).filter(([failed]) => failed !== id));
  const { messages, hasBefore, hasAfter } = stretch;
  const timeline: OpenTimeline = {
    ...{ conversation: id, messages, hasBefore, hasAfter, serial, anchor, newLine, found, back },
    ...{ loading: undefined, side: 'end', jumps: 0, removals: 0 },
  };
  timelines.setState({ open: { ...open, [id]: timeline }, failures: others });
}

function replace(page: Page, anchor: Anchor, newLine: NewLine | undefined): void {
  put(fromPage(page), anchor, newLine);
}

function fail(conversation: string, reason: unknown): void {
  timelines.setState({ failures: { ...timelines.getState().failures, [conversation]: toBackendError(reason) } });
}

function remember(conversation: string): void {
  const at = recent.indexOf(conversation);
  if (at >= 0) recent.splice(at, 1);
  recent.unshift(conversation);
  const gone = recent.splice(keptMost);
  if (gone.length === 0) return;
  const open = { ...timelines.getState().open };
  for (const id of gone) delete open[id];
  timelines.setState({ open });
}

// Conversations that come on screen at a message that was jumped to.
const landing = new Set<string>();
// The last that decided where a conversation stands: an answer to an earlier question does not move it again.
const decided = new Map<string, number>();
let decisions = 0;

function decide(conversation: string): number {
  decisions += 1;
  decided.set(conversation, decisions);
  return decisions;
}

/** Opens a conversation at its first unread message, where it was left, or at its end. */
export async function openTimeline(conversation: string): Promise<void> {
  remember(conversation);
  const landed = landing.delete(conversation);
  const decision = landed ? 0 : decide(conversation);
  try {
    const page = await asTold(backend().open(conversation));
    if (decided.get(conversation) !== decision) return;
    const held = timelines.getState().open[conversation];
    if (page.firstUnread) {
      replace(
        page,
        { kind: 'unread', message: page.firstUnread },
        { message: page.firstUnread, count: page.unreadCount },
      );
    } else if (!held || (held.anchor.kind === 'end' && !endsAs(held, page))) {
      replace(page, { kind: 'end' }, undefined);
    }
  } catch (reason) {
    fail(conversation, reason);
  }
}

/** Puts a stretch on screen at an anchor; without a page the one that is held. Whoever opens the conversation next leaves it so. */
export function landAt(
  conversation: string,
  page: Page | undefined,
  anchor: Anchor,
  found: string,
  back?: Origin,
): void {
  const held = timelines.getState().open[conversation];
  const stretch = page ? fromPage(page) : held;
  if (!stretch) return;
  decide(conversation);
  const newLine = page?.firstUnread ? { message: page.firstUnread, count: page.unreadCount } : held?.newLine;
  put(stretch, anchor, newLine, found, back);
  if (conversationOnScreen() !== conversation) landing.add(conversation);
}

// Where each conversation is read now. No state of the view depends on it, so it is not in the store.
const positions = new Map<string, Anchor>();

/** Remembers where a conversation is read, for when it is opened again. */
export function keepPosition(conversation: string, anchor: Anchor): void {
  positions.set(conversation, anchor);
}

/** Where a conversation is read now. */
export function positionOf(conversation: string): Anchor {
  return positions.get(conversation) ?? { kind: 'end' };
}

/** A conversation is left: it opens again where it was read, without its "new messages" line. */
function leaveTimeline(conversation: string): void {
  const anchor = positionOf(conversation);
  update(conversation, (held) => ({ ...held, anchor, newLine: undefined, found: '', back: undefined }));
}

/** Opens the timeline of whatever conversation comes on screen. */
export function followView(): () => void {
  let shown = conversationOnScreen();
  if (shown) void openTimeline(shown);
  return view.subscribe(() => {
    const now = conversationOnScreen();
    if (now === shown) return;
    if (shown) leaveTimeline(shown);
    shown = now;
    if (now) {
      looked(now);
      void openTimeline(now);
    }
  });
}

async function load(conversation: string, side: 'older' | 'newer'): Promise<void> {
  const held = timelines.getState().open[conversation];
  const edge = side === 'older' ? held?.messages[0] : held?.messages.at(-1);
  if (!held || !edge || held.loading || !(side === 'older' ? held.hasBefore : held.hasAfter)) return;
  update(conversation, (timeline) => ({ ...timeline, loading: side }));
  const start = held.serial;
  try {
    const page = await asTold(
      side === 'older'
        ? backend().pageBefore(conversation, edge.order, pageSize)
        : backend().pageAfter(conversation, edge.order, pageSize),
    );
    update(conversation, (timeline) => {
      if (timeline.serial !== start) return timeline;
      const grown = side === 'older' ? withOlder(timeline, page) : withNewer(timeline, page);
      return { ...timeline, ...grown, loading: undefined, side: side === 'older' ? 'start' : 'end' };
    });
  } catch (reason) {
    update(conversation, (timeline) => ({ ...timeline, loading: undefined }));
    fail(conversation, reason);
  }
}

export function loadOlder(conversation: string): Promise<void> {
  return load(conversation, 'older');
}

export function loadNewer(conversation: string): Promise<void> {
  return load(conversation, 'newer');
}

/** Drops messages far from what is read; a commit of its own, because the view counts items from one end at a time. */
export function trimTimeline(conversation: string, from: 'start' | 'end'): void {
  update(conversation, (timeline) => {
    const shorter = trimmed(timeline, from);
    return shorter.messages === timeline.messages ? timeline : { ...timeline, ...shorter, side: from };
  });
}

/** Goes to the newest messages. */
export async function showLatest(conversation: string): Promise<void> {
  const held = timelines.getState().open[conversation];
  if (held && !held.hasAfter) {
    update(conversation, (timeline) => ({ ...timeline, jumps: timeline.jumps + 1, found: '', back: undefined }));
    return;
  }
  try {
    replace(await asTold(backend().pageLast(conversation, pageSize)), { kind: 'end' }, held?.newLine);
  } catch (reason) {
    fail(conversation, reason);
  }
}

/** A stretch that nobody looks at stays as short as one that is looked at, around the place where it opens again. */
function bounded(conversation: string, { anchor }: OpenTimeline, grown: Timeline): Timeline {
  const extra = grown.messages.length - heldMost;
  if (extra <= pageSize || conversation === conversationOnScreen()) return grown;
  const at = anchor.kind === 'end' ? extra : grown.messages.findIndex(({ id }) => id === anchor.message);
  return trimmed(grown, at < extra ? 'end' : 'start');
}

/** New and changed messages of any conversation. `unseen` is the open one while the window has no focus. */
export function applyMessages(messages: readonly Message[], unseen = ''): void {
  if (messages.length === 0) return;
  tellPages(messages);
  const { open } = timelines.getState();
  let next: Record<string, OpenTimeline> | undefined;
  for (const conversation of new Set(messages.map((message) => message.conversation))) {
    const held = open[conversation];
    if (!held) continue;
    const grown = bounded(conversation, held, withMessages(held, messages));
    const newLine = conversation === unseen ? lineAfter(held, messages) : held.newLine;
    if (grown === held && newLine === held.newLine) continue;
    next ??= { ...open };
    next[conversation] = { ...held, ...grown, newLine, side: 'end' };
  }
  if (next) timelines.setState({ open: next });
}

/**
 * Puts a message that a call answered with into its place, unless it is held: what changes said of it is as new as the
 * answer, or newer, because the answer comes another way and may be late.
 */
export function placeAnswer(message: Message): void {
  const held = timelines.getState().open[message.conversation];
  if (!held?.messages.some(({ id }) => id === message.id)) applyMessages([message]);
}

/** Messages are gone: they disappeared, or were hidden here. They leave every stretch that is held. */
export function removeMessages(ids: readonly string[]): void {
  if (ids.length === 0) return;
  tellRemoved(ids);
  const { open } = timelines.getState();
  for (const [conversation, held] of Object.entries(open)) {
    const left = withoutMessages(held, ids);
    if (left === held) continue;
    const position = positions.get(conversation);
    if (position) positions.set(conversation, anchorWithout(position, held, left));
    if (left.messages.length === 0 && (held.hasBefore || held.hasAfter)) {
      const others = Object.entries(timelines.getState().open).filter(([id]) => id !== conversation);
      timelines.setState({ open: Object.fromEntries(others) });
      if (conversation === conversationOnScreen()) void openTimeline(conversation);
      continue;
    }
    update(conversation, () => ({
      ...held,
      ...left,
      anchor: anchorWithout(held.anchor, held, left),
      newLine: lineWithout(held, left),
      side: 'end',
      removals: held.removals + (left.messages.length < held.messages.length ? 1 : 0),
    }));
  }
}

/** The message that stands where one stood that is gone: the next that is left, or the one before. */
function inPlaceOf(id: string, held: Timeline, left: Timeline): Message | undefined {
  const order = held.messages.find((message) => message.id === id)?.order;
  if (order === undefined) return undefined;
  return left.messages.find((message) => message.order >= order) ?? left.messages.at(-1);
}

function anchorWithout(anchor: Anchor, held: Timeline, left: Timeline): Anchor {
  if (anchor.kind === 'end' || left.messages.some((message) => message.id === anchor.message)) return anchor;
  const next = inPlaceOf(anchor.message, held, left);
  return next ? { kind: 'message', message: next.id, offset: 0 } : { kind: 'end' };
}

/** The "new messages" line goes on to the next new message, and ends with the last. */
function lineWithout(held: OpenTimeline, left: Timeline): NewLine | undefined {
  const { newLine } = held;
  if (!newLine) return undefined;
  const first = held.messages.find((message) => message.id === newLine.message);
  if (!first) return newLine;
  const after = (messages: readonly Message[]) =>
    messages.filter((message) => !message.mine && message.order >= first.order);
  const [before, now] = [after(held.messages), after(left.messages)];
  const count = newLine.count - (before.length - now.length);
  const next = now[0];
  return next && count > 0 ? { message: next.id, count } : undefined;
}

/** What arrives unseen begins a "new messages" line, or adds to the one that began so. */
function lineAfter(held: OpenTimeline, messages: readonly Message[]): NewLine | undefined {
  const known = new Set(held.messages.map((message) => message.id));
  const arrived = messages.filter(
    (message) => message.conversation === held.conversation && !message.mine && !known.has(message.id),
  );
  const first = arrived[0];
  if (!first) return held.newLine;
  const unread = session.getState().conversations[held.conversation]?.unread ?? 0;
  if (held.newLine && unread > arrived.length) return { ...held.newLine, count: held.newLine.count + arrived.length };
  return { message: first.id, count: arrived.length };
}

/** All that was shown of some conversations is gone. */
export function clearTimelines(conversations: readonly string[]): void {
  if (conversations.length === 0) return;
  for (const conversation of conversations) {
    tellCleared(conversation);
    positions.delete(conversation);
    if (!timelines.getState().open[conversation]) {
      if (conversation === conversationOnScreen()) void openTimeline(conversation);
      continue;
    }
    decide(conversation); // what was asked before says what was there before
    serial += 1;
    update(conversation, (held) => ({
      ...held,
      messages: [],
      hasBefore: false,
      hasAfter: false,
      serial,
      anchor: { kind: 'end' },
      newLine: undefined,
      loading: undefined,
      found: '',
      back: undefined,
    }));
  }
}

/** Everything was read again from the start: what is held may have holes. */
export function forgetTimelines(): void {
  const open = timelines.getState().open;
  recent.length = 0;
  landing.clear();
  positions.clear();
  if (Object.keys(open).length > 0) timelines.setState({ open: {}, failures: {} });
}
