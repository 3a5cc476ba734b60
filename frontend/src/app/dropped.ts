import { session, showAddContact, view } from '@/model';

/** The most characters of what is dropped that are looked at, and of a link that is taken. */
const mostText = 64 * 1024;
const mostLink = 8 * 1024;

/** The first invite in a text from outside, '' if there is none. What it says is found out by whoever reads it. */
export function linkIn(text: string): string {
  const found = /(?:^|[\s<("'])(tincan:[^\s<>"')]+)/i.exec(text.slice(0, mostText));
  const link = found?.[1] ?? '';
  return link.length > mostLink ? '' : link;
}

/** Shows the invite in what was dropped on the window: it only fills in the field, as if it had been pasted. */
export function takeDropped(data: DataTransfer | null): boolean {
  const { status, firstRun } = session.getState();
  if (!data || status !== 'ready' || firstRun || view.getState().dialog) return false;
  const link = linkIn(data.getData('text/uri-list')) || linkIn(data.getData('text/plain'));
  if (link === '') return false;
  showAddContact('paste', link);
  return true;
}
