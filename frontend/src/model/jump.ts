import { createStore } from 'zustand/vanilla';
import { backend, type Message, type Page, toBackendError } from '@/backend';
import { conversationOnScreen } from './attention';
import { holdPage, timelines } from './timelines';

/** Where a message stands: what it takes to find it again. */
export interface Spot {
  id: string;
  order: string;
}

interface Jumps {
  /** The message that was gone to last; `turn` grows each time, so that the same one can be gone to again. */
  target: { conversation: string; message: string; turn: number } | undefined;
  /** The one that was gone to just now, for the eye to find. */
  marked: { message: string; turn: number } | undefined;
  /** From where quotes were followed, the last one at the end. */
  ways: readonly (Spot & { conversation: string })[];
  /** The conversation in which a message is looked for that is not held, '' for none. */
  looking: string;
}

export const jumps = createStore<Jumps>()(() => ({ target: undefined, marked: undefined, ways: [], looking: '' }));

/** So many ways back are kept. */
const waysMost = 20;
/** Messages of one page while one is looked for: the most that the backend gives. */
const lookSize = 200;
/** Messages around one that was found. */
const around = 50;

let turn = 0;

function land(conversation: string, message: string): void {
  turn += 1;
  jumps.setState({ target: { conversation, message, turn }, looking: '' });
}

function holds(conversation: string, id: string): boolean {
  return timelines.getState().open[conversation]?.messages.some((message) => message.id === id) ?? false;
}

/** Goes to a message by its place, whether it is held or not; false when it is not there any more. */
export async function showSpot(conversation: string, spot: Spot): Promise<boolean> {
  if (holds(conversation, spot.id)) {
    land(conversation, spot.id);
    return true;
  }
  const before = await backend().pageBefore(conversation, spot.order, around);
  const after = await backend().pageAfter(conversation, before.messages.at(-1)?.order ?? '', 2 * around);
  const page: Page = { ...after, messages: [...before.messages, ...after.messages], hasBefore: before.hasBefore };
  return take(conversation, page, spot.id);
}

function take(conversation: string, page: Page, id: string): boolean {
  if (conversationOnScreen() !== conversation || !page.messages.some((message) => message.id === id)) return false;
  holdPage(page, { kind: 'message', message: id, offset: 0 }, timelines.getState().open[conversation]?.newLine);
  land(conversation, id);
  return true;
}

/** What became of a jump. Left: the person went elsewhere before the message was found. */
export type Landing = 'there' | 'gone' | 'left';

let search = 0;

/**
 * Follows a quote to the message it shows, and remembers the way back. What is quoted is older than what quotes it, so pages
 * before what is held are looked through until it is found; none of them is kept but the one that has it.
 */
export async function followQuote(from: Message): Promise<Landing> {
  const { conversation, reply } = from;
  if (!reply) return 'gone';
  search += 1;
  const mine = search;
  const left = () => mine !== search || conversationOnScreen() !== conversation;
  const landing = await find(conversation, reply.id, from.order, left);
  if (landing === 'there') {
    const way = { conversation, id: from.id, order: from.order };
    jumps.setState({ ways: [...jumps.getState().ways, way].slice(-waysMost) });
  }
  return landing;
}

async function find(conversation: string, id: string, order: string, left: () => boolean): Promise<Landing> {
  if (holds(conversation, id)) {
    land(conversation, id);
    return 'there';
  }
  jumps.setState({ looking: conversation });
  try {
    for (let before = order; ; ) {
      const page = await backend().pageBefore(conversation, before, lookSize);
      if (left()) return 'left';
      const found = page.messages.find((message) => message.id === id);
      if (found) return (await showSpot(conversation, found)) ? 'there' : 'left';
      const first = page.messages[0];
      if (!first || !page.hasBefore) return 'gone';
      before = first.order;
    }
  } catch (reason) {
    throw toBackendError(reason);
  } finally {
    if (!left() || jumps.getState().looking === conversation) jumps.setState({ looking: '' });
  }
}

/** The view stands at what was gone to: it does not go there again when it is mounted anew. */
export function landed(at: number): void {
  const { target } = jumps.getState();
  if (target?.turn === at) jumps.setState({ target: undefined, marked: { message: target.message, turn: at } });
}

/** The mark of a message that was gone to is over. */
export function unmark(at: number): void {
  if (jumps.getState().marked?.turn === at) jumps.setState({ marked: undefined });
}

/** Goes back to where the last quote was followed from. */
export async function goBack(conversation: string): Promise<void> {
  const { ways } = jumps.getState();
  const way = ways.findLast((held) => held.conversation === conversation);
  if (!way) return;
  jumps.setState({ ways: ways.filter((held) => held !== way) });
  await showSpot(conversation, way);
}

/** Forgets the ways back of a conversation: it was left, or the person went to its end. */
export function forgetWays(conversation: string): void {
  search += 1;
  const { ways, target, looking } = jumps.getState();
  jumps.setState({
    ways: ways.filter((held) => held.conversation !== conversation),
    target: target?.conversation === conversation ? undefined : target,
    looking: looking === conversation ? '' : looking,
  });
}

/** Forgets every jump, between tests. */
export function forgetJumps(): void {
  search += 1;
  jumps.setState({ target: undefined, marked: undefined, ways: [], looking: '' });
}
