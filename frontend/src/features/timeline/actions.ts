import type { Conversation, Message, Problem } from '@/backend';
import { isPressed, type KeyPress, keysOfMessage } from '@/ui';

/** What a person can do with a message. `more` is the list of all of it. */
export type Action = 'react' | 'reply' | 'copy' | 'select' | 'edit' | 'delivery' | 'delete' | 'more';

/** Why less may be possible in a conversation. */
export interface Limits {
  /** Nothing can be said to them: they are banned. */
  silent: boolean;
  /** History can be read only. */
  readOnly: boolean;
}

export function limitsOf(conversation: Conversation, problem: Problem | undefined): Limits {
  return {
    silent: conversation.contact === 'banned' || conversation.contact === 'forgotten',
    readOnly: problem?.code === 'database-damaged' || problem?.code === 'folder-read-only',
  };
}

/** Whether an action is possible: others are not offered. */
export function isPossible(action: Action, message: Message, { silent, readOnly }: Limits): boolean {
  const speaks = !silent && !readOnly && !message.deleted;
  switch (action) {
    case 'react':
    case 'reply':
      return speaks;
    case 'edit':
      return speaks && message.mine;
    case 'copy':
      return !message.deleted;
    case 'select':
      return true;
    case 'delivery':
      return message.mine && !message.deleted;
    case 'delete':
      return !readOnly;
    case 'more':
      return !message.deleted || !readOnly;
  }
}

/** Whether a message can be deleted for everyone; otherwise it can leave this computer only. */
export function takesBack(message: Message, { silent, readOnly }: Limits): boolean {
  return message.mine && !message.deleted && !silent && !readOnly;
}

/** What a key press does to the message that has the focus. */
export function actionOfKey(event: KeyPress): Action | undefined {
  return (Object.keys(keysOfMessage) as Action[]).find((action) => isPressed(event, keysOfMessage[action]));
}
