import { createStore } from 'zustand/vanilla';
import type { Message } from '@/backend';

/** Messages of one conversation that are selected, to be copied or removed together. */
export interface Selection {
  /** '' while nothing is being selected. */
  conversation: string;
  /** By id. They stay selected when the stretch of the timeline that is held moves on, so each is kept whole. */
  messages: ReadonlyMap<string, Message>;
  /** Where a range begins: the message that was selected, or taken out, last by itself; '' for none. */
  anchor: string;
  /** Where the range ends that reaches from the anchor. */
  lead: string;
}

/** The most that are selected at a time. */
export const selectedMost = 1000;

const nothing: Selection = { conversation: '', messages: new Map(), anchor: '', lead: '' };

export const selection = createStore<Selection>()(() => nothing);

// What was selected before the range that reaches from the anchor: the range is drawn anew with each step.
let base: ReadonlyMap<string, Message> = nothing.messages;

function limited(messages: Iterable<readonly [string, Message]>): ReadonlyMap<string, Message> {
  const all = new Map(messages);
  return all.size <= selectedMost ? all : new Map([...all].slice(0, selectedMost));
}

/** Begins to select, with one message. */
export function startSelection(message: Message): void {
  base = new Map();
  const { id, conversation } = message;
  selection.setState({ conversation, messages: new Map([[id, message]]), anchor: id, lead: id });
}

/** Nothing is selected any more. */
export function endSelection(): void {
  base = nothing.messages;
  if (selection.getState() !== nothing) selection.setState(nothing, true);
}

/** Takes one message in, or out. */
export function toggleSelected(message: Message): void {
  const { conversation, messages } = selection.getState();
  if (conversation !== message.conversation) {
    startSelection(message);
    return;
  }
  const next = new Map(messages);
  if (!next.delete(message.id)) next.set(message.id, message);
  const kept = limited(next);
  base = kept;
  selection.setState({ messages: kept, anchor: message.id, lead: message.id });
}

/** Selects from the anchor to a message, of those that are held, instead of the range that reached from the anchor before. */
export function selectTo(message: Message, held: readonly Message[]): void {
  const { conversation, anchor } = selection.getState();
  const from = held.findIndex(({ id }) => id === anchor);
  const to = held.findIndex(({ id }) => id === message.id);
  if (conversation !== message.conversation) startSelection(message);
  else if (to < 0) return;
  else if (from < 0) toggleSelected(message);
  else {
    const range = held.slice(Math.min(from, to), Math.max(from, to) + 1);
    if (to < from) range.reverse();
    const messages = limited([...base, ...range.map((one): [string, Message] => [one.id, one])]);
    selection.setState({ messages, lead: message.id });
  }
}

/** Selects every message that is held, besides those that are selected. */
export function selectAll(held: readonly Message[]): void {
  const { conversation, messages } = selection.getState();
  const here = held.filter((message) => message.conversation === conversation);
  const all = limited([...messages, ...here.map((one): [string, Message] => [one.id, one])]);
  base = all;
  selection.setState({ messages: all });
}

/** The selected messages as they stand in the timeline. */
export function selectedInOrder({ messages }: Selection): Message[] {
  return [...messages.values()].sort((one, other) => (one.order < other.order ? -1 : 1));
}

function followed(
  messages: ReadonlyMap<string, Message>,
  changed: readonly Message[],
  removed: readonly string[],
): ReadonlyMap<string, Message> {
  const next = new Map(messages);
  for (const message of changed) if (next.has(message.id)) next.set(message.id, message);
  for (const id of removed) next.delete(id);
  return next;
}

/** Messages changed or are gone: what is selected follows, and ends with the last of them. */
export function followSelection(changed: readonly Message[], removed: readonly string[]): void {
  const { conversation, messages } = selection.getState();
  if (conversation === '') return;
  const touched = changed.some(({ id }) => messages.has(id)) || removed.some((id) => messages.has(id));
  if (!touched) return;
  const next = followed(messages, changed, removed);
  base = followed(base, changed, removed);
  if (next.size === 0) endSelection();
  else selection.setState({ messages: next });
}
