import type { Changes } from '@/backend';

/** What only adds, or says what something is now: of two after each other, the later holds. */
const additive: ReadonlySet<string> = new Set<keyof Changes>([
  'sequence',
  'problem',
  'notice',
  'repair',
  'profile',
  'settings',
  'network',
  'conversations',
  'messages',
  'requests',
  'bansChanged',
  'progress',
]);

function adds(changes: Changes): boolean {
  return Object.keys(changes).every((name) => additive.has(name));
}

/** The later of what is known by an id, in the place of the earlier. */
function later<Item extends { id: string }>(
  items: readonly Item[] | undefined,
  next: readonly Item[] | undefined,
): Item[] | undefined {
  if (!items || !next) return (items ?? next) as Item[] | undefined;
  return [...new Map([...items, ...next].map((item) => [item.id, item])).values()];
}

function both(one: Changes, next: Changes): Changes {
  const all: Changes = { ...one, ...next };
  const conversations = later(one.conversations, next.conversations);
  const messages = later(one.messages, next.messages);
  const requests = later(one.requests, next.requests);
  if (conversations) all.conversations = conversations;
  if (messages) all.messages = messages;
  if (requests) all.requests = requests;
  if (one.bansChanged) all.bansChanged = true;
  return all;
}

/** Changes that follow each other without a gap, as one: `changes` has the sequence of the last. */
export interface Run {
  /** The sequence of the first. */
  first: number;
  changes: Changes;
}

/**
 * Changes in the order in which they came, those without a gap between them put together as far as they only add: what
 * removes, clears or opens something stays by itself, at its place among the others.
 */
export function runsOf(all: readonly Changes[]): Run[] {
  const runs: Run[] = [];
  for (const changes of all) {
    const last = runs.at(-1);
    if (last && changes.sequence === last.changes.sequence + 1 && adds(last.changes) && adds(changes))
      last.changes = both(last.changes, changes);
    else runs.push({ first: changes.sequence, changes });
  }
  return runs;
}
