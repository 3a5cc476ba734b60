import { createStore } from 'zustand/vanilla';
import { backend } from '@/backend';
import { session } from './session';
import { view } from './view';

/** How long a message must be on screen before it counts as read, in milliseconds. */
export const readRest = 300;

interface Attention {
  /** The window has the focus and is visible. */
  focused: boolean;
}

export const attention = createStore<Attention>()(() => ({ focused: false }));

/** The conversation that a person can read now, '' for none. */
export function conversationOnScreen(): string {
  const { place, conversation } = view.getState();
  return place.kind === 'conversations' ? conversation : '';
}

function ignore(): void {
  // The next focus, or the next message read, says it again.
}

let told = '';

function tell(): void {
  const { status, firstRun } = session.getState();
  if (status === 'locked') told = ''; // whoever is unlocked knows nothing
  if (status !== 'ready' || firstRun) return;
  const conversation = conversationOnScreen();
  const { focused } = attention.getState();
  const now = `${focused} ${conversation}`;
  if (now === told) return;
  told = now;
  backend().focus(conversation, focused).catch(ignore);
}

/** Tells it to a backend that began anew behind this window. */
export function tellAttentionAgain(): void {
  told = '';
  tell();
}

/** Follows the window's focus and what is open, and tells the backend. */
export function watchAttention(): () => void {
  const look = () => {
    attention.setState({ focused: document.hasFocus() && document.visibilityState === 'visible' });
    tell();
  };
  told = '';
  window.addEventListener('focus', look);
  window.addEventListener('blur', look);
  document.addEventListener('visibilitychange', look);
  const endView = view.subscribe(tell);
  const endSession = session.subscribe(tell);
  look();
  return () => {
    window.removeEventListener('focus', look);
    window.removeEventListener('blur', look);
    document.removeEventListener('visibilitychange', look);
    endView();
    endSession();
  };
}

let pending: { conversation: string; message: string; order: string } | undefined;
const marked = new Map<string, string>();

/** A message of theirs is on screen. It counts as read after a moment, if the window has the focus. */
export function sawMessage(conversation: string, message: string, order: string): void {
  if (!attention.getState().focused || conversationOnScreen() !== conversation) return;
  if ((marked.get(conversation) ?? '') >= order) return;
  if (pending?.conversation === conversation && pending.order >= order) return;
  // While one waits its timer runs: the newest message at its end is the one that counts.
  if (!pending) setTimeout(markPending, readRest);
  pending = { conversation, message, order };
}

function markPending(): void {
  const seen = pending;
  pending = undefined;
  if (!seen || !attention.getState().focused || conversationOnScreen() !== seen.conversation) return;
  marked.set(seen.conversation, seen.order);
  backend()
    .markRead(seen.conversation, seen.message)
    .catch(() => marked.delete(seen.conversation));
}
