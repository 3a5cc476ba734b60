import type { Conversation, LineTraffic, Server } from '@/backend';
import { type LineView, lineView, shortName } from '@/model';

/** What is known of the line to somebody. */
export interface LineFacts {
  row: Conversation;
  line: LineView;
  /** As people are called here: by their first name, unless somebody else is called so too. */
  name: string;
  /** Whether a line is open. */
  open: boolean;
  carried: LineTraffic | undefined;
  /** Something travels right now. */
  busy: boolean;
}

const openStates: readonly string[] = ['lan', 'direct', 'relayed'];

/** Who comes first: who is nearest, then for whom something waits, then who wrote last; who is banned comes last. */
function rank({ line, row }: Pick<LineFacts, 'line' | 'row'>): number {
  if (line.delay !== undefined) return 0;
  if (openStates.includes(line.state)) return 1;
  if (line.state === 'connecting' || line.state === 'held') return 2;
  if (row.queued > 0 && line.state !== 'banned') return 3;
  if (line.state === 'ready') return 4;
  return line.state === 'banned' ? 6 : 5;
}

export function factsOf(
  conversations: Readonly<Record<string, Conversation>>,
  byConversation: Readonly<Record<string, LineTraffic>>,
  busy: Readonly<Record<string, number>>,
): LineFacts[] {
  // Nobody has a line to a key that another one followed, or to somebody who is no contact any more.
  const rows = Object.values(conversations).filter((row) => row.next === undefined && row.contact !== 'forgotten');
  const called = new Map<string, number>();
  for (const { name } of rows) called.set(shortName(name), (called.get(shortName(name)) ?? 0) + 1);
  const all = rows.map((row): LineFacts => {
    const line = lineView(row);
    const short = shortName(row.name);
    return {
      row,
      line,
      name: called.get(short) === 1 ? short : row.name,
      open: openStates.includes(line.state),
      carried: byConversation[row.id],
      busy: busy[row.id] !== undefined,
    };
  });
  return all.sort(
    (a, b) =>
      rank(a) - rank(b) ||
      (a.line.delay ?? 0) - (b.line.delay ?? 0) ||
      (a.row.lastTime < b.row.lastTime ? 1 : a.row.lastTime > b.row.lastTime ? -1 : 0) ||
      (a.row.id < b.row.id ? -1 : 1),
  );
}

/** The host in "host:port". */
export function hostOf(address: string): string {
  return address.replace(/:\d+$/, '').replace(/^\[(.*)\]$/, '$1');
}

/** A server, and how many lines it carries. */
export interface ServerFacts {
  server: Server;
  host: string;
  relays: number;
}

/** Servers that carry lines first, then own ones, those that answer first. */
export function serversOf(servers: readonly Server[], people: readonly LineFacts[]): ServerFacts[] {
  const all = servers.map((server): ServerFacts => {
    const host = hostOf(server.address);
    return {
      server,
      host,
      relays: people.filter(({ row, line }) => line.state === 'relayed' && row.line.host === host).length,
    };
  });
  const place = ({ server }: ServerFacts) =>
    (server.guest ? 4 : 0) + (server.state === 'online' ? 0 : 2) + (server.mine ? 1 : 0);
  return all.sort(
    (a, b) => b.relays - a.relays || place(a) - place(b) || a.server.address.localeCompare(b.server.address),
  );
}

/** The server that a relayed line goes through, if it is one of these. */
export function relayOf({ row, line }: LineFacts, servers: readonly ServerFacts[]): ServerFacts | undefined {
  return line.state === 'relayed' ? servers.find(({ host }) => host === row.line.host) : undefined;
}
