import type { Conversation, Request } from '@/backend';

/** A name as people compare names: case, width, accents and spaces do not matter. */
function plain(name: string): string {
  return name.normalize('NFKD').replace(/\p{M}/gu, '').replace(/\s+/g, ' ').trim().toLocaleLowerCase();
}

/** Whether somebody with another key has the name of a contact: they may pose as them. */
export function hasNamesake(
  conversations: readonly Conversation[],
  request: Pick<Request, 'name' | 'peerId'>,
): boolean {
  const name = plain(request.name);
  return conversations.some((row) => row.peerId !== request.peerId && plain(row.name) === name);
}
