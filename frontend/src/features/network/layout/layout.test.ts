import { describe, expect, it } from 'vitest';
import { labelBox } from './attempt';
import { type Layout, type LayoutInput, layOut, mostPlaces, type Person, type Placed } from './layout';
import { plans, radiusOf } from './plans';
import { type Box, boxAround, touches } from './room';

/** Numbers from 0 to 1 that are the same for the same seed (mulberry32). */
function dice(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

function crowd(count: number, near: number, roll: () => number): Person[] {
  return Array.from({ length: count }, (_, index) => ({
    id: `person-${index}`,
    delay: index < near ? Math.round(2 * 90 ** roll()) : undefined,
    group: index % 3 === 0 ? 'ready' : 'waiting',
    label: 18 + Math.round(roll() * 130),
  }));
}

// The picture in windows from 720 by 560 to 1600 by 1000, with and without the card beside it.
const sizes = [
  { width: 640, height: 392 },
  { width: 588, height: 440 },
  { width: 660, height: 640 },
  { width: 632, height: 620 },
  { width: 1280, height: 860 },
  { width: 1010, height: 420 },
] as const;

const servers = [
  { id: 'one', label: 120 },
  { id: 'two', label: 140 },
  { id: 'three', label: 90 },
];

/** Every lid and label of a layout, named. */
function things(layout: Layout, scale: number): [string, Box][] {
  const plan = plans[layout.plan];
  if (!plan) throw new Error('there is no plan');
  const found: [string, Box][] = [['me', boxAround(layout.x, layout.y, layout.me, layout.me)]];
  const add = (kind: string, placed: Placed, lid: number, height: number) => {
    found.push([`${kind} ${placed.id}`, boxAround(placed.x, placed.y, lid, lid)]);
    const words = labelBox(placed, placed.side, lid, height);
    if (words) found.push([`words of ${placed.id}`, words]);
  };
  for (const one of layout.people) add('person', one, layout.lid, plan.labelHeight * scale);
  for (const one of layout.servers) add('server', one, 34, 34 * scale);
  for (const one of layout.gathered) add('gathered', one, 42, 0);
  return found;
}

function overlaps(layout: Layout, scale: number): string[] {
  const all = things(layout, scale);
  return all.flatMap(([name, box], index) =>
    all
      .slice(index + 1)
      .filter(([, other]) => touches(box, other))
      .map(([other]) => `${name} and ${other}`),
  );
}

function outside(layout: Layout, scale: number): string[] {
  return things(layout, scale)
    .filter(([, box]) => box.left < 0 || box.top < 0 || box.right > layout.width || box.bottom > layout.height)
    .map(([name]) => name);
}

const distance = (layout: Layout, id: string) => {
  const placed = layout.people.find((one) => one.id === id);
  if (!placed) throw new Error(`${id} has no place`);
  return Math.hypot(placed.x - layout.x, placed.y - layout.y);
};

const counts = [1, 2, 3, 8, 21, 40, 89, 144, 200];

describe('layOut', () => {
  it.each(sizes)('gives everybody a place of their own, and nothing lies over anything: $width x $height', (size) => {
    for (const count of counts) {
      for (const share of [0, 0.3, 1]) {
        const near = Math.min(32, Math.round(count * share));
        for (const scale of share === 0.3 ? [1, 1.3] : [1]) {
          const roll = dice(count * 1000 + near);
          const input: LayoutInput = { ...size, scale, people: crowd(count, near, roll), servers };
          const layout = layOut(input);
          const what = `${count} people, ${near} of them near, scale ${scale}`;
          expect(layout.people.map(({ id }) => id).sort(), what).toEqual(input.people.map(({ id }) => id).sort());
          expect(overlaps(layout, scale), what).toEqual([]);
          expect(outside(layout, scale), what).toEqual([]);
          for (const { id, delay } of input.people) {
            if (delay === undefined) expect(distance(layout, id), `${what}: ${id}`).toBeGreaterThan(layout.radius);
            else expect(distance(layout, id), `${what}: ${id}`).toBeLessThan(layout.radius + 0.01);
          }
        }
      }
    }
  });

  it('draws the round trip as the distance, as long as there is room on the circle', () => {
    for (const size of sizes) {
      const people = [2, 8, 21, 34, 64, 71, 140].map((delay, index) => ({
        ...{ id: `p${index}`, delay, group: '', label: 60 },
      }));
      const layout = layOut({ ...size, scale: 1, people, servers });
      const plan = plans[layout.plan];
      const inner = plan ? plan.me / 2 + plan.lid / 2 + plan.gap + 4 : 0;
      for (const { id, delay } of people) {
        const exact = radiusOf(delay, [10, 50, 150], inner, layout.radius);
        expect(Math.abs(distance(layout, id) - exact), `${id} in ${size.width} x ${size.height}`).toBeLessThan(0.01);
      }
      expect(layout.rings.map(({ delay }) => delay)).toEqual([10, 50, 150]);
    }
    const far = layOut({
      ...sizes[2],
      scale: 1,
      people: [{ id: 'far', delay: 320, group: '', label: 60 }],
      servers: [],
    });
    expect(far.rings.map(({ delay }) => delay)).toEqual([10, 50, 150, 500]);
    expect(distance(far, 'far')).toBeLessThan(far.radius);
  });

  it('gathers by what they wait for whoever finds no place', () => {
    const people = crowd(320, 20, dice(5));
    for (const size of sizes) {
      const layout = layOut({ ...size, scale: 1, people, servers });
      expect(overlaps(layout, 1)).toEqual([]);
      expect(outside(layout, 1)).toEqual([]);
      expect(layout.people.length).toBeLessThanOrEqual(mostPlaces);
      expect(layout.gathered.map(({ group }) => group).sort()).toEqual(['ready', 'waiting']);
      const shown = [...layout.people.map(({ id }) => id), ...layout.gathered.flatMap((one) => one.people)];
      expect(shown.sort()).toEqual(people.map(({ id }) => id).sort());
      // Who has a line has a place.
      for (const { id, delay } of people) if (delay !== undefined) expect(distance(layout, id)).toBeGreaterThan(0);
    }
  });

  it.each([3, 8, 20, 60, 150])('leaves %i people where they are when one comes and when one goes', (count) => {
    const people = crowd(count, Math.min(12, count), dice(count));
    for (const size of sizes) {
      const input: LayoutInput = { ...size, scale: 1, people, servers };
      const first = layOut(input);
      const again = layOut(input, first);
      expect(moved(first, again)).toEqual([]);
      const came = layOut(
        { ...input, people: [...people, { id: 'new', delay: undefined, group: 'waiting', label: 70 }] },
        first,
      );
      if (came.plan === first.plan) expect(moved(first, came), `${size.width} x ${size.height}`).toEqual([]);
      const gone = people[Math.floor(count / 2)]?.id;
      const left = layOut({ ...input, people: people.filter(({ id }) => id !== gone) }, first);
      expect(left.plan).toBe(first.plan);
      expect(moved(first, left), `${size.width} x ${size.height}`).toEqual([]);
    }
  });

  it('moves only whose round trip changed, along their own direction', () => {
    const people = crowd(12, 8, dice(3));
    const input: LayoutInput = { ...sizes[2], scale: 1, people, servers };
    const first = layOut(input);
    const slower = people.map((one) => (one.id === 'person-2' ? { ...one, delay: 149 } : one));
    const next = layOut({ ...input, people: slower }, first);
    expect(moved(first, next)).toEqual(['person-2']);
    expect(distance(next, 'person-2')).toBeGreaterThan(distance(first, 'person-2'));
  });

  it('is quick', () => {
    const people = crowd(200, 32, dice(9));
    const input: LayoutInput = { ...sizes[0], scale: 1.3, people, servers };
    const begin = performance.now();
    const first = layOut(input);
    layOut(input, first);
    expect(performance.now() - begin).toBeLessThan(1500);
  });

  it('survives a picture without room', () => {
    for (const [width, height] of [
      [0, 0],
      [120, 90],
      [300, 200],
    ] as const) {
      const layout = layOut({ width, height, scale: 1, people: crowd(9, 3, dice(1)), servers });
      expect(overlaps(layout, 1).filter((pair) => !pair.startsWith('me'))).toEqual([]);
    }
  });
});

/** Who stands elsewhere now. */
function moved(before: Layout, after: Layout): string[] {
  return before.people
    .filter(({ id, x, y }) => {
      const now = after.people.find((one) => one.id === id);
      return now && Math.hypot(now.x - x, now.y - y) > 0.5;
    })
    .map(({ id }) => id);
}
