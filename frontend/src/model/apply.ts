import type { Changes, State } from '@/backend';
import type { Session } from './session';

function byId<Item extends { id: string }>(items: readonly Item[]): Record<string, Item> {
  return Object.fromEntries(items.map((item) => [item.id, item]));
}

function merged<Item extends { id: string }>(
  held: Readonly<Record<string, Item>>,
  changed: readonly Item[] | undefined,
  removed: readonly string[] | undefined,
): Readonly<Record<string, Item>> {
  if (!changed?.length && !removed?.length) return held;
  const next: Record<string, Item> = { ...held, ...byId(changed ?? []) };
  for (const id of removed ?? []) delete next[id];
  return next;
}

/** The session after Start answered. */
export function applyState(held: Session, state: State): Session {
  return {
    status: 'ready',
    failure: undefined,
    lost: false,
    version: state.version,
    sequence: state.sequence,
    firstRun: state.firstRun,
    problem: state.problem,
    notice: state.notice,
    repair: state.repair,
    profile: state.profile,
    settings: state.settings,
    network: state.network,
    conversations: byId(state.conversations),
    requests: byId(state.requests),
    bansVersion: held.bansVersion + 1,
  };
}

/** The session after one Changes in sequence. A problem or notice without a code is one that is over. */
export function applyChanges(held: Session, changes: Changes): Session {
  return {
    ...held,
    sequence: changes.sequence,
    problem: changes.problem ? (changes.problem.code ? changes.problem : undefined) : held.problem,
    notice: changes.notice ? (changes.notice.code ? changes.notice : undefined) : held.notice,
    repair: changes.repair ?? held.repair,
    profile: changes.profile ?? held.profile,
    settings: changes.settings ?? held.settings,
    network: changes.network ?? held.network,
    conversations: merged(held.conversations, changes.conversations, changes.removedConversations),
    requests: merged(held.requests, changes.requests, changes.removedRequests),
    bansVersion: held.bansVersion + (changes.bansChanged ? 1 : 0),
  };
}
