import { BackendError } from './error';
import type { Conversation, FoundPerson, OwnHandle, Profile, Server } from './types';

// What the directory of a server does, as far as a window sees.

/** A handle in whole: a name alone belongs to the one server that has handles. */
export function fakeHandle(text: string, servers: Server[]): { handle: string; host: string } {
  const [name = '', written] = text.trim().toLowerCase().replace(/^@/, '').split('@');
  const having = servers.filter((server) => server.handles !== undefined);
  const host = written ?? having[0]?.handles ?? '';
  const params = { host, handle: `${name}@${host}` };
  const refuse = (code: string) => new BackendError({ code, message: '', params });
  if (name === '') throw refuse('handle-empty');
  if (!/^[\p{L}\p{N}][\p{L}\p{N}._-]{2,31}$/u.test(name)) throw refuse('handle-name');
  if (host === '') throw refuse(written === undefined ? 'handle-no-server' : 'handle-host');
  if (!having.some((server) => server.handles === host)) throw refuse('handle-server-unknown');
  return params;
}

export function fakeClaimed(profile: Profile, text: string, servers: Server[], others: FoundPerson[]): Profile {
  const { handle, host } = fakeHandle(text, servers);
  if (others.some((person) => person.handle === handle)) {
    throw new BackendError({ code: 'handle-taken', message: '', params: { handle, host } });
  }
  const mine: OwnHandle[] = profile.handles.filter((held) => held.handle !== handle);
  return { ...profile, handles: [...mine, { handle, host }] };
}

export function fakeReleased(profile: Profile, handle: string): Profile {
  return { ...profile, handles: profile.handles.filter((held) => held.handle !== handle) };
}

export function fakeFound(
  profile: Profile,
  text: string,
  servers: Server[],
  others: FoundPerson[],
  rows: Conversation[],
): FoundPerson {
  const { handle, host } = fakeHandle(text, servers);
  if (profile.handles.some((held) => held.handle === handle)) {
    throw new BackendError({ code: 'handle-own', message: '', params: { handle, host } });
  }
  const found = others.find((person) => person.handle === handle);
  if (!found) throw new BackendError({ code: 'handle-not-found', message: '', params: { handle, host } });
  const row = rows.find((other) => other.peerId === found.peerId);
  return row ? { ...found, name: row.name, conversation: row.id } : found;
}
