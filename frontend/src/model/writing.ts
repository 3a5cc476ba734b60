import { createStore } from 'zustand/vanilla';
import { backend, type Message } from '@/backend';
import { timelines } from './timelines';

/** A message that the composer is about, as it stands now; `gone` when it was deleted or disappeared meanwhile. */
export interface Aimed {
  message: Message;
  gone: boolean;
}

/** What the composer of a conversation is for, besides a text of its own. */
export interface Aim {
  /** What is written answers this message. It stays while another one is edited. */
  reply: Aimed | undefined;
  /** This message is edited; the draft waits until that is over. */
  edit: (Aimed & { text: string }) | undefined;
}

interface Writing {
  aims: Readonly<Record<string, Aim>>;
  /** Grows when the person asked to write: the composer takes the focus. */
  asked: number;
}

const noAim: Aim = { reply: undefined, edit: undefined };

/** Aims last as long as the window: the draft alone is written to the disk. */
export const writing = createStore<Writing>()(() => ({ aims: {}, asked: 0 }));

/** What the composer of a conversation is for. */
export function aimOf(conversation: string): Aim {
  return writing.getState().aims[conversation] ?? noAim;
}

function aim(conversation: string, change: Partial<Aim>, ask = false): void {
  const { aims, asked } = writing.getState();
  const next = { ...(aims[conversation] ?? noAim), ...change };
  const others = Object.fromEntries(Object.entries(aims).filter(([id]) => id !== conversation));
  writing.setState({
    aims: next.reply || next.edit ? { ...others, [conversation]: next } : others,
    asked: ask ? asked + 1 : asked,
  });
}

/** What is written from now on answers a message. */
export function startReply(message: Message): void {
  aim(message.conversation, { reply: { message, gone: false }, edit: undefined }, true);
}

export function endReply(conversation: string): void {
  aim(conversation, { reply: undefined });
}

/** Answers a message again: the text was refused. */
export function keepReply(conversation: string, reply: Aimed): void {
  aim(conversation, { reply });
}

/** Puts a message of mine into the composer, with its text or with one that was refused. */
export function startEdit(message: Message, text = message.text): void {
  aim(message.conversation, { edit: { message, gone: false, text } }, true);
}

export function keepEdit(conversation: string, text: string): void {
  const { edit } = aimOf(conversation);
  if (edit) aim(conversation, { edit: { ...edit, text } });
}

export function endEdit(conversation: string): void {
  aim(conversation, { edit: undefined });
}

function now<Held extends Aimed>(held: Held, messages: ReadonlyMap<string, Message>, gone: ReadonlySet<string>): Held {
  const message = messages.get(held.message.id);
  if (gone.has(held.message.id)) return { ...held, message: { ...held.message, text: '' }, gone: true };
  return message ? { ...held, message, gone: message.deleted ?? false } : held;
}

/** Messages changed or are gone: what composers are about follows. */
export function followAims(changed: readonly Message[], removed: readonly string[]): void {
  const { aims } = writing.getState();
  if (Object.keys(aims).length === 0 || (changed.length === 0 && removed.length === 0)) return;
  const messages = new Map(changed.map((message) => [message.id, message]));
  const gone = new Set(removed);
  const next = Object.entries(aims).map(([conversation, { reply, edit }]): [string, Aim] => [
    conversation,
    { reply: reply && now(reply, messages, gone), edit: edit && now(edit, messages, gone) },
  ]);
  writing.setState({ aims: Object.fromEntries(next) });
}

/** The last text of mine in a conversation that can be edited, from what is held or from the last page. */
export async function lastOwn(conversation: string): Promise<Message | undefined> {
  const held = timelines.getState().open[conversation];
  const end = held && !held.hasAfter ? held.messages : (await backend().pageLast(conversation, 100)).messages;
  return end.findLast((message) => message.mine && !message.deleted);
}
