import { backend } from '@/backend';
import { session } from './session';

/** How long the keys rest before a draft is written, in milliseconds. */
export const draftRest = 400;

// What is in a composer and not yet in a Conversation row that came back.
const texts = new Map<string, string>();
const waiting = new Map<string, ReturnType<typeof setTimeout>>();

/** What the composer of a conversation holds. */
export function draftOf(conversation: string): string {
  return texts.get(conversation) ?? session.getState().conversations[conversation]?.draft ?? '';
}

/** Keeps a draft and writes it when the keys rest. */
export function keepDraft(conversation: string, text: string): void {
  texts.set(conversation, text);
  clearTimeout(waiting.get(conversation));
  waiting.set(
    conversation,
    setTimeout(() => flushDraft(conversation), draftRest),
  );
}

/** Writes a draft now: the conversation is left, the window goes, or the text was sent. */
export function flushDraft(conversation: string): void {
  const timer = waiting.get(conversation);
  if (timer === undefined) return;
  clearTimeout(timer);
  waiting.delete(conversation);
  const text = texts.get(conversation) ?? '';
  // A refused draft stays in the composer; the problem bar says what is wrong with the disk.
  backend()
    .saveDraft(conversation, text)
    .catch(() => undefined);
}

/** The profile is locked: no words of it stay in the window. */
export function forgetDrafts(): void {
  for (const timer of waiting.values()) clearTimeout(timer);
  waiting.clear();
  texts.clear();
}

/** Forgets what a composer holds: the conversation was deleted, and its draft with it. */
export function dropDraft(conversation: string): void {
  clearTimeout(waiting.get(conversation));
  waiting.delete(conversation);
  texts.delete(conversation);
}

/** Writes every draft that waits. */
export function flushDrafts(): void {
  for (const conversation of [...waiting.keys()]) flushDraft(conversation);
}
