import { useCallback, useState } from 'react';
import { backend, type Message, type Reaction, toBackendError } from '@/backend';
import { errorText, i18n } from '@/i18n';
import { askDelete, jumpTo, showDelivery, showToast, startEdit, startReply, startSelection } from '@/model';
import type { Box } from '@/ui';
import type { Action } from './actions';

/** The list of actions, or the emoji, that is open for a message. */
export interface Opened {
  action: 'react' | 'more';
  message: string;
  at: Box;
}

function copy(message: Message): void {
  navigator.clipboard.writeText(message.text).then(
    () => showToast(i18n.t('app.copied')),
    () => showToast(i18n.t('app.copyFailed')),
  );
}

/** Puts an emoji on a message, or takes mine away. How it looks then comes with the changes, in their order. */
function react(message: Message, emoji: string, remove: boolean): void {
  backend()
    .react(message.conversation, message.id, emoji, remove)
    .catch((reason: unknown) => showToast(errorText(reason)));
}

function bare(emoji: string): string {
  return emoji.replaceAll('\uFE0F', '');
}

/** Puts an emoji that was picked, or takes it away if it is mine already. Emoji that differ in their style are one. */
export function toggleEmoji(message: Message, emoji: string): void {
  const there = message.reactions?.find((one) => bare(one.emoji) === bare(emoji));
  react(message, there?.emoji ?? emoji, there?.mine ?? false);
}

export function toggleReaction(message: Message, reaction: Reaction): void {
  react(message, reaction.emoji, reaction.mine);
}

/** Goes to the message that an answer quotes. */
export function followToQuoted({ conversation, reply }: Message): void {
  if (!reply) return;
  jumpTo(conversation, reply.id).catch((reason: unknown) => {
    const gone = toBackendError(reason).code === 'no-message';
    showToast(gone ? i18n.t('message.quoteNotFound') : errorText(reason));
  });
}

/** Does what is asked of a message; what opens beside it is told here. */
export function useMessageActions() {
  const [opened, setOpened] = useState<Opened>();
  const close = useCallback(() => setOpened(undefined), []);
  const run = useCallback((action: Action, message: Message, at: Box) => {
    switch (action) {
      case 'react':
      case 'more':
        setOpened({ action, message: message.id, at });
        return;
      case 'reply':
        startReply(message);
        return;
      case 'copy':
        copy(message);
        return;
      case 'select':
        startSelection(message);
        return;
      case 'edit':
        startEdit(message);
        return;
      case 'delivery':
        showDelivery(message);
        return;
      case 'delete':
        askDelete(message);
    }
  }, []);
  return { opened, run, close };
}
