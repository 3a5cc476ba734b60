import type { Message } from '@/backend';

/** One message as it stands in the timeline. */
export interface Row {
  message: Message;
  /** A day separator stands before it. */
  day: boolean;
  /** The "new messages" line stands before it. */
  newLine: boolean;
  /** The words that the conversation begins here stand before it. */
  beginning: boolean;
  first: boolean;
  last: boolean;
}

/** Messages of one author belong together when they are at most this far apart, in milliseconds. */
export const groupSpan = 5 * 60_000;

function sameDay(a: Message, b: Message): boolean {
  const one = new Date(a.time);
  const other = new Date(b.time);
  return (
    one.getFullYear() === other.getFullYear() &&
    one.getMonth() === other.getMonth() &&
    one.getDate() === other.getDate()
  );
}

function together(a: Message, b: Message): boolean {
  return a.author === b.author && Math.abs(Date.parse(b.time) - Date.parse(a.time)) <= groupSpan && sameDay(a, b);
}

// The row that each message was shown in last.
const shown = new WeakMap<Message, Row>();

/** The row as it was, when it says the same: what shows it then has nothing to do. */
function known(row: Row): Row {
  const before = shown.get(row.message);
  const same =
    before &&
    before.day === row.day &&
    before.newLine === row.newLine &&
    before.beginning === row.beginning &&
    before.first === row.first &&
    before.last === row.last;
  if (same) return before;
  shown.set(row.message, row);
  return row;
}

/**
 * The rows of a stretch, oldest first. While older messages are a page away, the first row has no separator: whether its day
 * begins with it is not known, and what is not there cannot move when the page comes. A row that says what it said is the
 * same object.
 */
export function timelineRows(messages: readonly Message[], hasBefore: boolean, newLineAt: string | undefined): Row[] {
  const rows: Row[] = [];
  for (const [index, message] of messages.entries()) {
    const before = messages[index - 1];
    const newLine = message.id === newLineAt;
    const day = before ? !sameDay(before, message) : !hasBefore;
    const first = !before || newLine || day || !together(before, message);
    const previous = rows.at(-1);
    if (previous) previous.last = first;
    rows.push({ message, day, newLine, beginning: !before && !hasBefore, first, last: true });
  }
  return rows.map(known);
}
