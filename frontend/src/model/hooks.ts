import { useStore } from 'zustand';
import { attention } from './attention';
import { jumps } from './jump';
import { type Session, session } from './session';
import { timelines } from './timelines';
import { toasts } from './toasts';
import { today } from './today';
import { type View, view } from './view';
import { aimOf, writing } from './writing';

export function useSession<Value>(select: (state: Session) => Value): Value {
  return useStore(session, select);
}

export function useView<Value>(select: (state: View) => Value): Value {
  return useStore(view, select);
}

/** A row of the list by its id; undefined when there is none (any more). */
export function useConversation(id: string) {
  return useStore(session, (state) => state.conversations[id]);
}

export function useTimeline(conversation: string) {
  return useStore(timelines, (state) => state.open[conversation]);
}

export function useTimelineFailure(conversation: string) {
  return useStore(timelines, (state) => state.failures[conversation]);
}

export function useFocused(): boolean {
  return useStore(attention, (state) => state.focused);
}

export function useToast() {
  return useStore(toasts, (state) => state.current);
}

/** A key of the day it is; whoever writes times relative to today draws anew when it changes. */
export function useToday(): string {
  return useStore(today, (state) => state.day);
}

/** What the composer of a conversation is for, besides a text of its own. */
export function useAim(conversation: string) {
  return useStore(writing, () => aimOf(conversation));
}

/** Grows when the person asked to write. */
export function useWritingAsked(): number {
  return useStore(writing, (state) => state.asked);
}

/** The message of a conversation that was gone to last, with a number that grows each time. */
export function useJumpTarget(conversation: string) {
  return useStore(jumps, ({ target }) => (target?.conversation === conversation ? target : undefined));
}

/** The message that was gone to just now, for the eye to find. */
export function useMarked() {
  return useStore(jumps, ({ marked }) => marked);
}

/** The message from which a quote was followed last in a conversation, '' for none: there is a way back. */
export function useWayBack(conversation: string): string {
  return useStore(jumps, ({ ways }) => ways.findLast((way) => way.conversation === conversation)?.id ?? '');
}

/** Whether a message is looked for that is not held. */
export function useLooking(conversation: string): boolean {
  return useStore(jumps, ({ looking }) => looking === conversation);
}
