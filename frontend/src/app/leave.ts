import { closeSearch, openSearch, showConversations, showNetwork, showNetworkAs, view } from '@/model';
import { focusSoon, focusWhenLost } from '@/ui';
import { focusSearch } from './focus';

/** Where the focus was before the search, the network or the settings; a part that is mounted anew is found by what it is. */
let left: Element | null = null;
let leftAs = '';

/** Where the focus goes when nothing else is known to be meant. */
const anywhere = '[data-composer], [data-row][tabindex="0"], [data-search], [data-pane="list"] button';

/** Remembers what has the focus, for when the search, the network or the settings are left. */
export function rememberFocus(from: Element | null): void {
  if (!(from instanceof HTMLElement) || from.closest('[data-place="search"], [role="search"], [data-place="network"]'))
    return;
  left = from;
  leftAs = ['composer', 'row', 'message', 'log', 'way']
    .filter((name) => from.dataset[name] !== undefined)
    .map((name) => `[data-${name}="${CSS.escape(from.dataset[name] ?? '')}"]`)
    .join('');
}

function restoreFocus(): void {
  const again = left?.isConnected ? left : leftAs ? document.querySelector(leftAs) : null;
  const selector = leftAs || '[data-composer]';
  left = null;
  leftAs = '';
  if (again instanceof HTMLElement) again.focus();
  else focusSoon(selector);
}

/** The settings fill the window: what had the focus before them is mounted anew when they are left, and has it again. */
export function followSettings(): () => void {
  return view.subscribe(({ place }, before) => {
    if (place.kind === before.place.kind) return;
    if (place.kind === 'settings') rememberFocus(document.activeElement);
    else if (before.place.kind === 'settings') {
      focusWhenLost(leftAs ? `${leftAs}, ${anywhere}` : anywhere);
      left = null;
      leftAs = '';
    }
  });
}

/** Opens the search in a conversation, or with '' in all of them, and puts the focus into its field. */
export function startSearch(scope: string): void {
  rememberFocus(document.activeElement);
  openSearch(scope);
  // What is typed right after the keys belongs into the field. A dialog that closes gives the focus back a moment later.
  focusSearch();
  setTimeout(() => {
    if (view.getState().place.kind === 'search' && !document.activeElement?.matches('[data-search]')) focusSearch();
  });
}

/** Leaves the search and its field: back to where one was. */
export function leaveSearch(): void {
  if (view.getState().place.kind === 'search') closeSearch();
  setTimeout(restoreFocus);
}

/** Opens the network; when it is open already, the same facts in the other form. */
export function startNetwork(): void {
  const { place, network } = view.getState();
  if (place.kind === 'network') {
    showNetworkAs(network === 'picture' ? 'table' : 'picture');
    return;
  }
  rememberFocus(document.activeElement);
  showNetwork();
}

/** Leaves the network: back to where one was. */
export function leaveNetwork(): void {
  showConversations();
  setTimeout(restoreFocus);
}
