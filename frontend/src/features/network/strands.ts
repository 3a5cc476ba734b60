import type { StringForm } from '@/model';
import { type LineFacts, relayOf, type ServerFacts } from './facts';
import type { Layout } from './layout/layout';

/** The middle, where I am. */
export const meKey = 'me';
export const personKey = (id: string) => `person-${id}`;
export const serverKey = (id: string) => `server-${id}`;
export const gatheredKey = (group: string) => `group-${group}`;

/** A string between two places of the picture. */
export interface Strand {
  id: string;
  from: string;
  to: string;
  form: Exclude<StringForm, 'none'> | 'double';
  /** twine: to a person; quiet: there is nothing on it; server: to an introduction server. */
  tone: 'twine' | 'quiet' | 'server';
  /** Something travels on it. */
  busy: boolean;
  /** Whose it is: it grows thicker when they are looked at. */
  of: readonly string[];
  /** Only its end is drawn: among many the whole of it would hide the others. */
  short: boolean;
}

/** With more people outside the rings than this, their strings are drawn short. */
const mostLong = 16;

function strandsTo(facts: LineFacts, layout: Layout, servers: readonly ServerFacts[], short: boolean): Strand[] {
  const { row, line } = facts;
  const to = personKey(row.id);
  const relay = relayOf(facts, servers);
  const through =
    relay && layout.servers.some(({ id }) => id === relay.server.id) ? serverKey(relay.server.id) : undefined;
  const strand = { id: to, from: through ?? meKey, to, busy: facts.busy, of: [to], short: false };
  switch (line.form) {
    case 'taut':
      return [{ ...strand, form: line.state === 'lan' ? 'double' : 'taut', tone: 'twine' }];
    case 'bead':
      return [{ ...strand, form: through ? 'taut' : 'bead', tone: 'twine' }];
    case 'cut':
      return [{ ...strand, form: 'cut', tone: 'twine', short }];
    case 'sagging': {
      const wanted = row.queued > 0 || line.state === 'connecting';
      return [{ ...strand, form: 'sagging', tone: wanted ? 'twine' : 'quiet', short }];
    }
    case 'none':
      return [];
  }
}

/** All strings of the picture; those that come first lie below. */
export function strandsOf(people: readonly LineFacts[], servers: readonly ServerFacts[], layout: Layout): Strand[] {
  const placed = new Set(layout.people.map(({ id }) => id));
  const shown = people.filter(({ row }) => placed.has(row.id));
  const short = shown.filter(({ line }) => line.delay === undefined).length > mostLong;
  const toPeople = shown.flatMap((facts) => strandsTo(facts, layout, servers, short));
  const toServers = servers.flatMap(({ server }): Strand[] => {
    const id = serverKey(server.id);
    if (!layout.servers.some((one) => one.id === server.id)) return [];
    const carried = toPeople.filter(({ from }) => from === id);
    const form = server.state === 'online' ? 'taut' : server.state === 'connecting' ? 'sagging' : 'cut';
    return [
      {
        ...{ id, from: meKey, to: id, form, short: false, busy: carried.some(({ busy }) => busy) },
        tone: carried.length > 0 ? 'twine' : 'server',
        of: [id, ...carried.map(({ to }) => to)],
      },
    ];
  });
  const weight = ({ tone }: Strand) => ({ server: 0, quiet: 1, twine: 2 })[tone];
  return [...toServers, ...toPeople].sort((a, b) => weight(a) - weight(b));
}

export interface Point {
  x: number;
  y: number;
}

const round = (value: number) => Math.round(value * 10) / 10;
const at = ({ x, y }: Point) => `${round(x)} ${round(y)}`;
const between = (a: Point, b: Point, part: number): Point => ({
  x: a.x + (b.x - a.x) * part,
  y: a.y + (b.y - a.y) * part,
});

/** How far the two lines of a double string lie apart, in pixels, and half the gap of one that is cut. */
const apart = 2.5;
const cutGap = 9;

/** How much of a short string is seen beyond the lid, in pixels. */
const shortEnd = 15;

/** The path of a string. `lid` is the diameter of the lid at its end. */
export function strandPath(
  { form, short }: Pick<Strand, 'form' | 'short'>,
  from: Point,
  to: Point,
  lid: number,
): string {
  const length = Math.hypot(to.x - from.x, to.y - from.y) || 1;
  const begin = short ? between(from, to, Math.max(0, 1 - (lid / 2 + shortEnd) / length)) : from;
  switch (form) {
    case 'double': {
      const off = { x: (-(to.y - from.y) / length) * apart, y: ((to.x - from.x) / length) * apart };
      const lines = [1, -1].map(
        (side) =>
          `M${at({ x: from.x + off.x * side, y: from.y + off.y * side })}L${at({ x: to.x + off.x * side, y: to.y + off.y * side })}`,
      );
      return lines.join('');
    }
    case 'cut': {
      if (short) return `M${at(begin)}L${at(to)}`;
      const half = Math.min(0.4, cutGap / length);
      return `M${at(from)}L${at(between(from, to, 0.5 - half))}M${at(between(from, to, 0.5 + half))}L${at(to)}`;
    }
    case 'sagging': {
      if (short) return `M${at(begin)}L${at(to)}`;
      const middle = between(from, to, 0.5);
      return `M${at(from)}Q${at({ x: middle.x, y: middle.y + Math.abs(to.x - from.x) * 0.22 })} ${at(to)}`;
    }
    case 'taut':
    case 'bead':
      return `M${at(from)}L${at(to)}`;
  }
}

/** Half the length of the bead on a relayed line, in pixels. */
const beadHalf = 5;

/** Where the bead of a relayed line sits. */
export function beadPath(from: Point, to: Point): string {
  const length = Math.hypot(to.x - from.x, to.y - from.y) || 1;
  const half = Math.min(0.5, beadHalf / length);
  return `M${at(between(from, to, 0.5 - half))}L${at(between(from, to, 0.5 + half))}`;
}
