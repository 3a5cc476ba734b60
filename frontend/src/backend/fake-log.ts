import type { Conversation, Message, Page } from './types';

/** A key that sorts as time, then as place. */
export function orderKey(milliseconds: number, place: number): string {
  return `${milliseconds.toString(36).padStart(10, '0')}${place.toString(36).padStart(8, '0')}`;
}

/** The page that Open answers with: around the first unread message at `at`, or the last one. */
export function pageAround(conversation: Conversation, list: readonly Message[], at: number): Page {
  const begin = Math.max(0, (at < 0 ? list.length : at) - 50);
  const end = at < 0 ? list.length : Math.min(list.length, at + 100);
  return {
    conversation,
    messages: list.slice(begin, end),
    hasBefore: begin > 0,
    hasAfter: end < list.length,
    firstUnread: at < 0 ? '' : (list[at]?.id ?? ''),
    unreadCount: at < 0 ? 0 : conversation.unread,
  };
}
