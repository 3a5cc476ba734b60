import { useEffect } from 'react';
import {
  filteredConversations,
  jumpBack,
  search,
  session,
  showAddContact,
  showConversation,
  showConversations,
  showSettings,
  showVerify,
  sortedConversations,
  view,
} from '@/model';
import { onMac } from '@/ui';
import { cyclePanes, focusSearch } from './focus';
import { leaveSearch, startSearch } from './leave';
import { toggleDetails } from './MainWindow';

/** The conversation that is `step` rows from the open one, or the next one with unread messages. */
export function neighbour(step: 1 | -1, unreadOnly: boolean): string | undefined {
  const { conversation, filter } = view.getState();
  const rows = filteredConversations(sortedConversations(session.getState().conversations), filter, conversation);
  const at = rows.findIndex((row) => row.id === conversation);
  if (at < 0) return unreadOnly ? rows.find((row) => row.unread > 0)?.id : rows[step > 0 ? 0 : rows.length - 1]?.id;
  if (!unreadOnly) return rows[at + step]?.id;
  const after = [...rows.slice(at + 1), ...rows.slice(0, at)];
  return after.find((row) => row.unread > 0)?.id;
}

function move(step: 1 | -1, unreadOnly: boolean): void {
  const id = neighbour(step, unreadOnly);
  if (id !== undefined) showConversation(id);
}

/** Esc closes what is on top: floating details first, then the search, settings or requests; a jump goes back. Dialogs close themselves. */
function closeTopmost(): boolean {
  const { place, conversation, detailsFloating } = view.getState();
  if (detailsFloating) view.setState({ detailsFloating: false });
  else if (place.kind === 'search') leaveSearch();
  else if (place.kind === 'conversations' && jumpBack(conversation)) return true;
  else if (place.kind !== 'conversations') showConversations();
  else return false;
  return true;
}

/** Ctrl K: the field that finds people and messages. */
function findAnything(): void {
  if (view.getState().place.kind === 'settings') {
    showConversations();
    setTimeout(findAnything);
  } else if (document.querySelector('[data-search]')) focusSearch();
  else startSearch('');
}

/** The conversation that "search here" means, '' for all: the one on screen, or the one that is searched already. */
function searchable(): string {
  const { place, conversation } = view.getState();
  if (place.kind === 'search') return search.getState().scope || conversation;
  return place.kind === 'conversations' ? conversation : '';
}

/** What a key press does anywhere in the window; true when it did something. */
export function runKey(event: KeyboardEvent): boolean {
  const { status, firstRun } = session.getState();
  if (status !== 'ready' || firstRun || event.isComposing || view.getState().dialog) return false;
  const command = onMac ? event.metaKey : event.ctrlKey;
  if (event.key === 'F6') {
    cyclePanes(event.shiftKey);
    return true;
  }
  if (event.key === 'Escape' && !event.defaultPrevented) return closeTopmost();
  if (command && !event.altKey) {
    switch (event.key.toLowerCase()) {
      case 'k':
        findAnything();
        return true;
      case 'f':
        // In settings there is nothing to search yet.
        if (view.getState().place.kind === 'settings') return false;
        startSearch(event.shiftKey ? '' : searchable());
        return true;
      case 'n':
        if (event.shiftKey) return false;
        showAddContact();
        return true;
      case 'a':
        if (!event.shiftKey) return false;
        showAddContact();
        return true;
      case 'i':
        if (event.shiftKey || view.getState().conversation === '') return false;
        toggleDetails();
        return true;
      case 'v': {
        const { conversation, place } = view.getState();
        if (!event.shiftKey || conversation === '' || place.kind !== 'conversations') return false;
        showVerify(conversation);
        return true;
      }
      case ',':
        showSettings();
        return true;
      default:
        return false;
    }
  }
  if (event.altKey && !command && (event.key === 'ArrowDown' || event.key === 'ArrowUp')) {
    move(event.key === 'ArrowDown' ? 1 : -1, event.shiftKey && event.key === 'ArrowDown');
    return true;
  }
  return false;
}

/** Listens for the keys that work anywhere. */
export function useKeys(): void {
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      if (runKey(event)) event.preventDefault();
    };
    window.addEventListener('keydown', onKeyDown);
    return () => window.removeEventListener('keydown', onKeyDown);
  }, []);
}
