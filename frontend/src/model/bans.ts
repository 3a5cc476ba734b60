import { BackendError, type Ban, type BanEdit, backend, type Conversation, type Request } from '@/backend';

/** After how many days a ban ends, as a person chooses it. */
export const banDays = { never: 0, day: 1, week: 7, month: 30, year: 365 } as const;
export type BanLife = keyof typeof banDays;
export const banLives = Object.keys(banDays) as BanLife[];

/** What a person chooses for a ban on somebody. */
export interface BanChoice {
  reason: string;
  life: BanLife;
  /** own introduction servers, too */
  tell: boolean;
}

/** A ban for good, for no reason, that nobody is told of. */
export const noWish: BanChoice = { reason: '', life: 'never', tell: false };

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

const chosen = ({ reason, life, tell }: BanChoice): BanEdit => ({ reason: reason.trim(), ends: banEnds(life), tell });

/** Bans a person; the answer is the new line of the list. */
export function banPerson(conversation: Pick<Conversation, 'peerId'>, choice: BanChoice): Promise<Ban> {
  return backend().addBan({ kind: 'peer', target: conversation.peerId, ...chosen(choice) });
}

/** Bans somebody who asks, which ends the request; the answer is the new line of the list. */
export function banAsking(request: Pick<Request, 'id'>, choice: BanChoice): Promise<Ban> {
  return backend().banRequest(request.id, chosen(choice));
}
