import { BackendError, type Ban, backend, type Conversation } from '@/backend';

/** After how many days a ban ends, as a person chooses it. */
export const banDays = { never: 0, day: 1, week: 7, month: 30, year: 365 } as const;
export type BanLife = keyof typeof banDays;

const dayLength = 24 * 60 * 60 * 1000;

/** When a ban ends that begins now; "" for good. */
export function banEnds(life: BanLife, now = Date.now()): string {
  return life === 'never' ? '' : new Date(now + banDays[life] * dayLength).toISOString();
}

/** Ends the ban of a person, whatever line of the list it is; one on an invite is on others too, and stays. */
export async function liftBan(conversation: Pick<Conversation, 'id'>): Promise<void> {
  const ban = await backend().banOn(conversation.id);
  if (ban.kind !== 'peer') throw new BackendError({ code: 'ban-by-invite', message: '', params: { label: ban.name } });
  await backend().removeBan(ban.id);
}

/** Bans a person; the answer is the new line of the list. */
export function banPerson(
  conversation: Pick<Conversation, 'peerId'>,
  rest: { reason: string; life: BanLife; tell: boolean },
): Promise<Ban> {
  const { reason, life, tell } = rest;
  return backend().addBan({ kind: 'peer', target: conversation.peerId, reason, ends: banEnds(life), tell });
}
