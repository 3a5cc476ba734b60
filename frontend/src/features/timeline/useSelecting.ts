import { type KeyboardEvent, useCallback, useEffect, useRef } from 'react';
import type { Conversation, Message } from '@/backend';
import { i18n } from '@/i18n';
import {
  askRemove,
  endSelection,
  selectAll,
  selectedInOrder,
  selection,
  selectTo,
  session,
  showToast,
  startSelection,
  timelines,
  toggleSelected,
  useSelection,
} from '@/model';
import { isPressed, keysOfSelection } from '@/ui';
import { copyWords, type Speaker } from './words';

export interface SelectingOptions {
  conversation: Conversation;
  speaker: Speaker;
  readOnly: boolean;
  /** Puts the focus on a message. */
  focusMessage: (id: string) => void;
}

/** How a message is picked: by itself, or with all from where the range began. */
export type Pick = 'one' | 'range';

function held(conversation: string): readonly Message[] {
  return timelines.getState().open[conversation]?.messages ?? [];
}

/** What is selected in a conversation, and what the keys and the bar do with it. */
export function useSelecting({ conversation, speaker, readOnly, focusMessage }: SelectingOptions) {
  const { id } = conversation;
  const selecting = useSelection((state) => state.conversation === id);
  const messages = useSelection((state) => (state.conversation === id ? state.messages : undefined));

  // However it began, the focus is where it goes on.
  const known = useRef(selecting);
  useEffect(() => {
    if (known.current === selecting) return;
    known.current = selecting;
    if (selecting) focusMessage(selection.getState().lead);
  }, [selecting, focusMessage]);

  const pick = useCallback((message: Message, how: Pick) => {
    if (how === 'range') selectTo(message, held(message.conversation));
    else toggleSelected(message);
  }, []);

  /** From one message to the next: both are selected. */
  const extend = useCallback((from: Message, to: Message) => {
    if (selection.getState().conversation !== from.conversation) startSelection(from);
    selectTo(to, held(from.conversation));
  }, []);

  const end = useCallback(() => {
    const { lead } = selection.getState();
    endSelection();
    if (lead !== '') focusMessage(lead);
  }, [focusMessage]);

  const copy = useCallback(() => {
    const chosen = selectedInOrder(selection.getState());
    if (chosen.length === 0) return;
    const me = session.getState().profile.name;
    navigator.clipboard.writeText(chosen.map((message) => copyWords(message, speaker, me)).join('\n')).then(
      () => {
        showToast(i18n.t('selection.copied', { count: chosen.length }));
        end();
      },
      () => showToast(i18n.t('app.copyFailed')),
    );
  }, [speaker, end]);

  const remove = useCallback(() => {
    if (!readOnly && selection.getState().messages.size > 0) askRemove(id);
  }, [id, readOnly]);

  /** Whether a key press was for what is selected. */
  function onKey(event: KeyboardEvent<HTMLElement>): boolean {
    if (!selecting) return false;
    if (isPressed(event, keysOfSelection.toggle)) {
      const focused = (event.target as HTMLElement).dataset.message;
      const message = held(id).find((one) => one.id === focused);
      if (!message) return false;
      toggleSelected(message);
    } else if (isPressed(event, keysOfSelection.all)) selectAll(held(id));
    else if (isPressed(event, keysOfSelection.copyAll)) copy();
    else if (isPressed(event, keysOfSelection.remove)) remove();
    else if (isPressed(event, keysOfSelection.end)) end();
    else return false;
    return true;
  }

  return { selecting, messages, pick, extend, end, copy, remove, onKey };
}
