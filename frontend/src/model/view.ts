import { createStore } from 'zustand/vanilla';
import type { Message } from '@/backend';

export type SettingsPage =
  | 'profile'
  | 'network'
  | 'appearance'
  | 'bans'
  | 'storage'
  | 'notifications'
  | 'shortcuts'
  | 'about';

/** The place the window shows: one of them, and at most one dialog above it. */
export type Place =
  | { kind: 'conversations' }
  | { kind: 'search' }
  | { kind: 'requests' }
  | { kind: 'network' }
  | { kind: 'settings'; page: SettingsPage };

export type NetworkForm = 'picture' | 'table';

export type AddContactTab = 'invite' | 'paste' | 'handle';

export type DialogRequest =
  | { kind: 'add-contact'; tab: AddContactTab; link: string }
  | { kind: 'ban'; conversation: string }
  | { kind: 'delete'; message: Message }
  | { kind: 'clear' | 'leave' | 'forget'; conversation: string }
  | { kind: 'delivery'; message: Message }
  | { kind: 'file'; conversation: string }
  | { kind: 'change-key' }
  | { kind: 'link'; address: string }
  | { kind: 'remove'; conversation: string }
  | { kind: 'retire' }
  | { kind: 'switcher' }
  | { kind: 'verify'; conversation: string }
  | { kind: 'repair' };

export interface View {
  place: Place;
  /** The conversation that is open, '' for none. It stays open behind settings and requests. */
  conversation: string;
  dialog: DialogRequest | undefined;
  /** Conversations that were opened before, the last one first, a few. */
  visited: readonly string[];
  /** Under 1080 px the details float above the conversation and open only when asked, whatever the settings say. */
  detailsFloating: boolean;
  filter: 'all' | 'unread';
  /** The archived conversations are listed. */
  archiveOpen: boolean;
  /** What can be done with a conversation is listed at a place of the window, in CSS pixels; undefined: nothing is. */
  menu: { conversation: string; at: { left: number; top: number; width: number; height: number } } | undefined;
  /** How the network is shown. */
  network: NetworkForm;
}

export const emptyView: View = {
  place: { kind: 'conversations' },
  conversation: '',
  dialog: undefined,
  visited: [],
  detailsFloating: false,
  filter: 'all',
  archiveOpen: false,
  menu: undefined,
  network: 'picture',
};

export const view = createStore<View>()(() => emptyView);

export function showConversation(conversation: string): void {
  view.setState(({ visited }) => ({
    place: { kind: 'conversations' },
    conversation,
    detailsFloating: false,
    visited: [conversation, ...visited.filter((one) => one !== conversation)].slice(0, 10),
  }));
}

export function showConversations(): void {
  view.setState({ place: { kind: 'conversations' } });
}

export function showSearch(): void {
  view.setState({ place: { kind: 'search' }, detailsFloating: false });
}

export function showRequests(): void {
  view.setState({ place: { kind: 'requests' }, detailsFloating: false });
}

export function showNetwork(): void {
  view.setState({ place: { kind: 'network' }, detailsFloating: false });
}

/** How the network is shown, now or when it is opened. */
export function showNetworkAs(form: NetworkForm): void {
  view.setState({ network: form });
}

export function showSettings(page: SettingsPage = 'profile'): void {
  view.setState({ place: { kind: 'settings', page }, detailsFloating: false });
}

export function showAddContact(tab: AddContactTab = 'invite', link = ''): void {
  view.setState({ dialog: { kind: 'add-contact', tab, link } });
}

export function askBan(conversation: string): void {
  view.setState({ dialog: { kind: 'ban', conversation } });
}

/** Asks for whom a message is deleted. */
export function askDelete(message: Message): void {
  view.setState({ dialog: { kind: 'delete', message } });
}

/** Asks whether the messages that are selected leave this computer. */
export function askRemove(conversation: string): void {
  view.setState({ dialog: { kind: 'remove', conversation } });
}

export function showDelivery(message: Message): void {
  view.setState({ dialog: { kind: 'delivery', message } });
}

/** Shows how messages travel by file. */
export function showByFile(conversation: string): void {
  view.setState({ dialog: { kind: 'file', conversation } });
}

export function askLink(address: string): void {
  view.setState({ dialog: { kind: 'link', address } });
}

/** Shows what to compare with a contact. */
export function showVerify(conversation: string): void {
  view.setState({ dialog: { kind: 'verify', conversation } });
}

/** Asks whether this identity is given up. */
export function askRetire(): void {
  view.setState({ dialog: { kind: 'retire' } });
}

/** Asks whether the own key is changed. */
export function askChangeKey(): void {
  view.setState({ dialog: { kind: 'change-key' } });
}

/** Asks whether the damaged history is repaired, and shows how far that is. */
export function showRepair(): void {
  view.setState({ dialog: { kind: 'repair' } });
}

/** Lists what can be done with a conversation. */
export function showTalkMenu(conversation: string, at: NonNullable<View['menu']>['at']): void {
  view.setState({ menu: { conversation, at } });
}

/** Asks before messages of a conversation are erased, before it leaves the list, or before a contact is forgotten. */
export function askLose(kind: 'clear' | 'leave' | 'forget', conversation: string): void {
  view.setState({ dialog: { kind, conversation } });
}

export function showSwitcher(): void {
  view.setState({ dialog: { kind: 'switcher' } });
}

export function closeDialog(): void {
  view.setState({ dialog: undefined });
}
