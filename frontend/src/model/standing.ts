import { backend, type Conversation } from '@/backend';
import { type Session, session } from './session';
import { view } from './view';

/** Those at the top of the list, in the person's order. */
export function pinnedConversations(conversations: Session['conversations']): Conversation[] {
  return Object.values(conversations)
    .filter((row) => row.pinned !== undefined && !row.folder)
    .sort((a, b) => (a.pinned ?? 0) - (b.pinned ?? 0));
}

/** Whether nothing is in it that could be lost. */
export function isEmpty(row: Conversation): boolean {
  return !row.preview && !row.previewDeleted && !row.draft;
}

/** Has it stand last among those at the top, or not at all. */
export async function pinConversation(id: string, pinned: boolean): Promise<void> {
  const order = pinOrder().filter((other) => other !== id);
  await backend().pinConversations(pinned ? [...order, id] : order);
}

/** The order of all that are pinned, those that are archived or deleted now among them. */
export function pinOrder(): string[] {
  return Object.values(session.getState().conversations)
    .filter((row) => row.pinned !== undefined)
    .sort((a, b) => (a.pinned ?? 0) - (b.pinned ?? 0))
    .map((row) => row.id);
}

/** Moves it one place among those that the list shows at its top; false when there is none. */
export function canMovePin(id: string, step: 1 | -1): boolean {
  const shown = pinnedConversations(session.getState().conversations);
  const at = shown.findIndex((row) => row.id === id);
  return at >= 0 && shown[at + step] !== undefined;
}

export async function movePin(id: string, step: 1 | -1): Promise<void> {
  const shown = pinnedConversations(session.getState().conversations);
  const other = shown[shown.findIndex((row) => row.id === id) + step]?.id;
  if (other === undefined) return;
  const order = pinOrder();
  await backend().pinConversations(order.map((one) => (one === id ? other : one === other ? id : one)));
}

/** It was marked as unread until somebody looks at it. */
export function looked(id: string): void {
  if (!session.getState().conversations[id]?.marked) return;
  backend()
    .markUnread(id, false)
    .catch(() => undefined); // the mark stays until the next look
}

/** A conversation leaves the list: if it is open nothing is. */
export function leaveConversation(id: string): void {
  if (view.getState().conversation === id) view.setState({ conversation: '', detailsFloating: false });
}
