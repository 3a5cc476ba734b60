import type { Conversation } from '@/backend';
import { session } from './session';

/** How long somebody must be away before it shows, in milliseconds: a change of network takes a moment. */
const patience = 3000;

/** Who went away just now and is still shown as there: the row as it is, and what will show it. */
const leaving = new Map<string, { row: Conversation; timer: ReturnType<typeof setTimeout> }>();

/** Rows as they are shown: who comes is there at once, who goes only when they stay away. */
export function steadyRows(rows: readonly Conversation[]): Conversation[] {
  return rows.map((row) => {
    const shown = session.getState().conversations[row.id];
    const held = leaving.get(row.id);
    if (shown?.presence !== 'online' || row.presence === 'online' || row.contact !== 'mutual') {
      clearTimeout(held?.timer);
      leaving.delete(row.id);
      return row;
    }
    const timer = held?.timer ?? setTimeout(settle, patience, row.id);
    leaving.set(row.id, { row, timer });
    // Without a reason for a line the presence is all that it says.
    const line = shown.line.state === 'idle' && row.line.state === 'waiting' ? shown.line : row.line;
    return { ...row, presence: 'online', line };
  });
}

function settle(id: string): void {
  const { conversations } = session.getState();
  const { row } = leaving.get(id) ?? {};
  leaving.delete(id);
  if (row && conversations[id]) session.setState({ conversations: { ...conversations, [id]: row } });
}

/** Nobody is leaving: what is known is the whole state. */
export function forgetLeaving(): void {
  for (const { timer } of leaving.values()) clearTimeout(timer);
  leaving.clear();
}
