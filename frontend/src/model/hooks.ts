import { useEffect } from 'react';
import { useStore } from 'zustand';
import { attention } from './attention';
import { holdPicture, pictures } from './pictures';
import { type Search, search } from './search';
import { type Selection, selection } from './selection';
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

export function useSearch<Value>(select: (state: Search) => Value): Value {
  return useStore(search, select);
}

export function useSelection<Value>(select: (state: Selection) => Value): Value {
  return useStore(selection, select);
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

/** The picture of whom a conversation is with ('': of oneself) as a data: URL, '' while there is none. `name` is as in its row. */
export function usePicture(conversation: string, name: string | undefined): string {
  useEffect(() => (name ? holdPicture(conversation, name) : undefined), [conversation, name]);
  return useStore(pictures, (state) => (name ? (state.loaded[name] ?? '') : ''));
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
