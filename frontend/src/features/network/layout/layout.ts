import { Attempt, mostSpared } from './attempt';
import { plans } from './plans';
import type { Layout, LayoutInput, Person } from './types';

export type * from './types';

/** As many people have a place of their own at most; the rest is gathered. */
export const mostPlaces = 200;

/** Who has a place of their own, and who is gathered with whom. */
function divide(people: readonly Person[], most: number): { own: Person[]; groups: Map<string, string[]> } {
  const groups = new Map<string, string[]>();
  if (people.length <= most) return { own: [...people], groups };
  const near = people.filter(({ delay }) => delay !== undefined);
  const far = people.filter(({ delay }) => delay === undefined);
  const own = [...near, ...far].slice(0, most);
  for (const { id, group } of [...near, ...far].slice(most)) groups.set(group, [...(groups.get(group) ?? []), id]);
  return { own, groups };
}

function attempt(input: LayoutInput, index: number, most: number, before: Layout | undefined): Layout | undefined {
  const plan = plans[index];
  if (!plan) return undefined;
  const tried = new Attempt(input, plan, { ...input, plan: index }, before);
  const { own, groups } = divide(input.people, most);
  if (!tried.possible(own)) return undefined;
  tried.placeServers();
  let at = 0;
  for (const [group, people] of groups) if (!tried.gather(group, people, at++)) return undefined;
  // Those who stay come first, so that nobody pushes them away.
  const moving = own.filter((person) => !tried.placeAgain(person));
  const near = own.filter(({ delay }) => delay !== undefined);
  const few = near.length <= mostSpared;
  if (few) tried.spare(near);
  // Those behind a relay have the longest strings: others find their places around these.
  for (const person of [...near].sort((a, b) => Number(b.near !== undefined) - Number(a.near !== undefined))) {
    if (!moving.includes(person) || person.delay === undefined) continue;
    if (!tried.placeNear(person, person.delay)) return undefined;
    if (few) tried.spare([person]);
  }
  const far = moving.filter(({ delay }) => delay === undefined);
  if (plan.lid >= 42) {
    for (const person of far) if (!tried.placeFar(person)) return undefined;
  } else if (!tried.placeManyFar(far)) return undefined;
  if (plan.lines === 0) tried.addWords();
  return {
    width: input.width,
    height: input.height,
    scale: input.scale,
    plan: index,
    lines: Math.max(1, plan.lines),
    x: tried.x,
    y: tried.y,
    me: plan.me,
    lid: plan.lid,
    radius: tried.radius,
    rings: tried.ringsDrawn(),
    people: tried.people,
    servers: tried.servers,
    gathered: tried.gathered,
  };
}

/** The plan to begin with: that of before, as long as about as many people are there. */
function firstPlan(input: LayoutInput, before: Layout | undefined): number {
  if (!before || before.width !== input.width || before.height !== input.height || before.scale !== input.scale)
    return 0;
  const then = before.people.length;
  const now = Math.min(input.people.length, mostPlaces);
  return now > then * 0.75 - 2 ? before.plan : 0;
}

/**
 * Where everybody stands: me in the middle, others as far as their round trip is long, nothing over anything else. Whoever stood
 * somewhere before stays there if that is still right.
 */
export function layOut(input: LayoutInput, before?: Layout): Layout {
  for (let most = mostPlaces; ; most = Math.floor(most * 0.85)) {
    for (let index = most === mostPlaces ? firstPlan(input, before) : 0; index < plans.length; index++) {
      // The places of another plan are elsewhere: then only the directions stay.
      const found = attempt(input, index, most, before);
      if (found) return found;
    }
    if (most === 0) return nobody(input);
  }
}

/** A picture too small for anything. */
function nobody({ width, height, scale }: LayoutInput): Layout {
  const [x, y] = [width / 2, height / 2];
  return {
    ...{ width, height, scale, plan: plans.length - 1, lines: 1, x, y, me: 44, lid: 28, radius: 0 },
    rings: [],
    people: [],
    servers: [],
    gathered: [],
  };
}
