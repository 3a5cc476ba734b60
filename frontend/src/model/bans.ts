import { BackendError, type Ban, backend, type Conversation } from '@/backend';

/** Ends the ban of a person, whatever line of the list it is. */
export async function liftBan(conversation: Pick<Conversation, 'peerId'>): Promise<void> {
  const ban = (await backend().bans()).find((held) => held.kind === 'peer' && held.target === conversation.peerId);
  if (!ban) throw new BackendError({ code: 'internal', message: '', params: {} });
  await backend().removeBan(ban.id);
}

/** Bans a person; the answer is the new line of the list. */
export function banPerson(conversation: Pick<Conversation, 'peerId'>, reason: string): Promise<Ban> {
  return backend().addBan('peer', conversation.peerId, reason);
}
