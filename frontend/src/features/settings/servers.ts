import type { Server } from '@/backend';

/** Own servers first, then the one in this app, then those of contacts; by address within. */
export function sortedServers(servers: readonly Server[]): Server[] {
  const rank = (server: Server) => (server.guest ? 2 : server.mine ? 1 : 0);
  return [...servers].sort((a, b) => rank(a) - rank(b) || a.address.localeCompare(b.address));
}

/** Over this a round trip is slow, in milliseconds. */
const slow = 300;

export function chipKind(server: Pick<Server, 'state' | 'rtt'>): 'ok' | 'warn' | 'bad' | 'plain' {
  if (server.state === 'down') return 'bad';
  if (server.state === 'connecting') return 'plain';
  return server.rtt > slow ? 'warn' : 'ok';
}

/** Round trips as a line of 92 by 26 with some room above and below, from nothing at its foot to the longest at its top. */
export function courseOf(rtts: readonly number[]): string {
  const longest = Math.max(...rtts);
  const points = rtts.map(
    (rtt, at) => `${((at * 92) / (rtts.length - 1)).toFixed(1)} ${(22 - (18 * rtt) / longest).toFixed(1)}`,
  );
  return `M${points.join('L')}`;
}

/** How long until a time, for people: seconds under two minutes, then minutes. Nothing when it is over or unknown. */
export function waitUntil(time: string, now: number): { unit: 'seconds' | 'minutes'; value: number } | undefined {
  const left = Math.ceil((Date.parse(time) - now) / 1000);
  if (Number.isNaN(left) || left <= 0) return undefined;
  return left < 120 ? { unit: 'seconds', value: left } : { unit: 'minutes', value: Math.ceil(left / 60) };
}
