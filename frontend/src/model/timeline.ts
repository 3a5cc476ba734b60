import type { Message, Page, Reply } from '@/backend';

/** A stretch of one conversation's timeline that is held here, oldest first, without holes. */
export interface Timeline {
  conversation: string;
  messages: readonly Message[];
  hasBefore: boolean;
  hasAfter: boolean;
}

/** As many messages as are kept of one conversation; the rest is a page away. */
export const heldMost = 600;
/** Messages asked for in one page. The backend gives at most 200. */
export const pageSize = 100;

export function fromPage(page: Page): Timeline {
  return {
    conversation: page.conversation.id,
    messages: page.messages,
    hasBefore: page.hasBefore,
    hasAfter: page.hasAfter,
  };
}

/** The index of the first message whose order is not below the given one. */
function lowerBound(messages: readonly Message[], order: string): number {
  let low = 0;
  let high = messages.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((messages[middle] as Message).order < order) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Characters of a message that are shown where it is answered. */
export const quoteMost = 200;

/** What is shown of a message where it is answered, as backend/app/types.go says it. */
export function quoteOf(message: Message): Reply {
  const { id, mine, author, text } = message;
  return {
    id,
    here: true,
    deleted: message.deleted ?? false,
    mine,
    author,
    text: [...text.slice(0, 2 * quoteMost)].slice(0, quoteMost).join(''),
  };
}

function sameQuote(one: Reply, other: Reply): boolean {
  return one.here === other.here && one.deleted === other.deleted && one.text === other.text;
}

/** The messages with quotes that say what the quoted ones say now. The same list when no quote changed. */
function withQuotes(messages: readonly Message[], quotes: ReadonlyMap<string, Reply>): readonly Message[] {
  if (!messages.some(({ reply }) => reply && quotes.has(reply.id))) return messages;
  let changed = false;
  const next = messages.map((message) => {
    const quote = message.reply && quotes.get(message.reply.id);
    if (!quote || !message.reply || sameQuote(message.reply, quote)) return message;
    changed = true;
    return { ...message, reply: quote };
  });
  return changed ? next : messages;
}

/**
 * Puts new and changed messages in their places, and what they say now where they are answered. One that belongs outside the
 * held stretch is left for its page.
 */
export function withMessages(timeline: Timeline, changed: readonly Message[]): Timeline {
  const placed = placing(timeline, changed);
  const here = changed.filter((message) => message.conversation === timeline.conversation);
  const messages = withQuotes(placed.messages, new Map(here.map((message) => [message.id, quoteOf(message)])));
  return messages === placed.messages ? placed : { ...placed, messages };
}

/** The stretch without messages that are gone; what answers them quotes nothing any more. */
export function withoutMessages(timeline: Timeline, removed: readonly string[]): Timeline {
  const gone = new Set(removed);
  const left = timeline.messages.filter((message) => !gone.has(message.id));
  const nothing = (id: string): Reply => ({ id, here: false, deleted: false, mine: false, author: '', text: '' });
  const held = left.length === timeline.messages.length ? timeline.messages : left;
  const messages = withQuotes(held, new Map(removed.map((id) => [id, nothing(id)])));
  return messages === timeline.messages ? timeline : { ...timeline, messages };
}

function placing(timeline: Timeline, changed: readonly Message[]): Timeline {
  let messages: Message[] | undefined;
  for (const message of changed) {
    if (message.conversation !== timeline.conversation) continue;
    const held = messages ?? timeline.messages;
    let at = lowerBound(held, message.order);
    if (held[at]?.id === message.id) {
      messages ??= [...held];
      messages[at] = message;
      continue;
    }
    const moved = held.findIndex((other) => other.id === message.id);
    if (moved >= 0) {
      messages = held.filter((other) => other.id !== message.id);
      at = lowerBound(messages, message.order);
      messages.splice(at, 0, message);
      continue;
    }
    if (at === held.length && timeline.hasAfter) continue;
    if (at === 0 && timeline.hasBefore) continue;
    messages ??= [...held];
    messages.splice(at, 0, message);
  }
  return messages ? { ...timeline, messages } : timeline;
}

/** The older page before what is held. */
export function withOlder(timeline: Timeline, page: Page): Timeline {
  const first = timeline.messages[0];
  const older = first ? page.messages.filter((message) => message.order < first.order) : page.messages;
  return { ...timeline, messages: [...older, ...timeline.messages], hasBefore: page.hasBefore };
}

/** The newer page after what is held. */
export function withNewer(timeline: Timeline, page: Page): Timeline {
  const last = timeline.messages.at(-1);
  const newer = last ? page.messages.filter((message) => message.order > last.order) : page.messages;
  return { ...timeline, messages: [...timeline.messages, ...newer], hasAfter: page.hasAfter };
}

/** Drops what is too much from the end that is not read now. */
export function trimmed(timeline: Timeline, from: 'start' | 'end'): Timeline {
  const extra = timeline.messages.length - heldMost;
  if (extra <= pageSize) return timeline;
  return from === 'start'
    ? { ...timeline, messages: timeline.messages.slice(extra), hasBefore: true }
    : { ...timeline, messages: timeline.messages.slice(0, heldMost), hasAfter: true };
}

/** Whether a stretch ends as a page of the newest messages does, so that the page says nothing new. */
export function endsAs(timeline: Timeline, page: Page): boolean {
  if (timeline.hasAfter || page.hasAfter || page.messages.length > timeline.messages.length) return false;
  const end = timeline.messages.slice(timeline.messages.length - page.messages.length);
  return JSON.stringify(end) === JSON.stringify(page.messages);
}
