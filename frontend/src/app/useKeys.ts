import { useEffect } from 'react';
import {
  endSelection,
  filteredConversations,
  isUnread,
  jumpBack,
  pinnedConversations,
  search,
  selection,
  session,
  showAddContact,
  showConversation,
  showConversations,
  showSettings,
  showVerify,
  sortedConversations,
  view,
} from '@/model';
import { isPressed, type KeyAnywhere, keysAnywhere } from '@/ui';
import { cyclePanes } from './focus';
import { leaveNetwork, leaveSearch, startNetwork, startSearch } from './leave';
import { toggleDetails } from './MainWindow';
import { openSwitcher, prepareSwitcher } from './switching';
import { zoom } from './zoom';

/** The conversation that is `step` rows from the open one, or the next one with unread messages. */
export function neighbour(step: 1 | -1, unreadOnly: boolean): string | undefined {
  const { conversation, filter } = view.getState();
  const rows = filteredConversations(sortedConversations(session.getState().conversations), filter, conversation);
  const at = rows.findIndex((row) => row.id === conversation);
  if (at < 0) return unreadOnly ? rows.find(isUnread)?.id : rows[step > 0 ? 0 : rows.length - 1]?.id;
  if (!unreadOnly) return rows[at + step]?.id;
  const after = [...rows.slice(at + 1), ...rows.slice(0, at)];
  return after.find(isUnread)?.id;
}

function move(step: 1 | -1, unreadOnly = false): void {
  const id = neighbour(step, unreadOnly);
  if (id !== undefined) showConversation(id);
}

/** Esc closes what is on top: floating details first, then the search, settings or requests; a jump goes back. Dialogs close themselves. */
function closeTopmost(): boolean {
  const { place, conversation, detailsFloating } = view.getState();
  if (detailsFloating) view.setState({ detailsFloating: false });
  else if (selection.getState().conversation !== '') endSelection();
  else if (place.kind === 'search') leaveSearch();
  else if (place.kind === 'network') leaveNetwork();
  else if (place.kind === 'conversations' && jumpBack(conversation)) return true;
  else if (place.kind !== 'conversations') showConversations();
  else return false;
  return true;
}

/** Searches one conversation, or with '' all of them; in settings there is nothing to search yet. */
function find(scope: () => string): boolean {
  if (view.getState().place.kind === 'settings') return false;
  startSearch(scope());
  return true;
}

/** The conversation that "search here" means, '' for all: the one on screen, or the one that is searched already. */
function searchable(): string {
  const { place, conversation } = view.getState();
  if (place.kind === 'search') return search.getState().scope || conversation;
  return place.kind === 'conversations' ? conversation : '';
}

/** What each key of the table does; false when there is nothing to do here. */
const actions: Record<KeyAnywhere, (event: KeyboardEvent) => unknown> = {
  switcher: openSwitcher,
  searchHere: () => find(searchable),
  searchAll: () => find(() => ''),
  add: () => showAddContact(),
  nextUnread: () => move(1, true),
  previous: () => move(-1),
  next: () => move(1),
  pinned: (event) => {
    const place = keysAnywhere.pinned.findIndex((key) => isPressed(event, [key]));
    const row = pinnedConversations(session.getState().conversations)[place];
    if (!row) return false;
    showConversation(row.id);
  },
  details: () => {
    const { conversation, place } = view.getState();
    if (conversation === '' || place.kind === 'network') return false;
    toggleDetails();
  },
  verify: () => {
    const { conversation, place } = view.getState();
    if (conversation === '' || place.kind !== 'conversations') return false;
    showVerify(conversation);
  },
  network: startNetwork,
  settings: () => showSettings(),
  shortcuts: () => showSettings('shortcuts'),
  panes: () => cyclePanes(false),
  panesBack: () => cyclePanes(true),
  larger: () => zoom(1),
  smaller: () => zoom(-1),
  usualSize: () => zoom(0),
  close: closeTopmost,
};

/** What a key press does anywhere in the window; true when it did something. */
export function runKey(event: KeyboardEvent): boolean {
  const { status, firstRun } = session.getState();
  if (status !== 'ready' || firstRun || event.isComposing || view.getState().dialog) return false;
  const pressed = (Object.keys(actions) as KeyAnywhere[]).find((one) => isPressed(event, keysAnywhere[one]));
  if (!pressed || (pressed === 'close' && event.defaultPrevented)) return false;
  return actions[pressed](event) !== false;
}

/** Listens for the keys that work anywhere. */
export function useKeys(): void {
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      if (event.key === 'Control' || event.key === 'Meta') prepareSwitcher();
      if (runKey(event)) event.preventDefault();
    };
    window.addEventListener('keydown', onKeyDown);
    return () => window.removeEventListener('keydown', onKeyDown);
  }, []);
}
