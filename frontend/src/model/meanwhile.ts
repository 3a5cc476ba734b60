import type { Message, Page } from '@/backend';
import { fromPage, withMessages, withoutMessages } from './timeline';

interface Told {
  messages: Message[];
  removed: string[];
  cleared: Set<string>;
}

// What was told since each page that is on its way was asked for.
const waiting = new Set<Told>();

/**
 * A page as it is when its answer comes. Changes come another way than answers and can overtake them: a message that arrives
 * while a conversation opens is not in the page, and would not be told again.
 */
export async function asTold(answer: Promise<Page>): Promise<Page> {
  const told: Told = { messages: [], removed: [], cleared: new Set() };
  waiting.add(told);
  try {
    const page = await answer;
    const before = fromPage(page);
    const then = told.cleared.has(before.conversation)
      ? { ...before, messages: [], hasBefore: false, hasAfter: false }
      : before;
    const { messages, hasBefore, hasAfter } = withoutMessages(withMessages(then, told.messages), told.removed);
    return { ...page, messages: [...messages], hasBefore, hasAfter };
  } finally {
    waiting.delete(told);
  }
}

/** Messages are new or changed. */
export function tellPages(messages: readonly Message[]): void {
  for (const told of waiting) told.messages.push(...messages);
}

/** Messages are gone. */
export function tellRemoved(ids: readonly string[]): void {
  for (const told of waiting) told.removed.push(...ids);
}

/** Everything in a conversation is gone; what comes after that is new. */
export function tellCleared(conversation: string): void {
  for (const told of waiting) {
    told.cleared.add(conversation);
    told.messages = told.messages.filter((message) => message.conversation !== conversation);
  }
}
