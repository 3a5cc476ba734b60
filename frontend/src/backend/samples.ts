import { plainNotifications } from './fake-desktop';
import { orderKey } from './fake-log';
import { openPrivacy } from './fake-privacy';
import type { Conversation, Message, State } from './types';

// What tests begin with.

export function sampleConversation(id: string, change: Partial<Conversation> = {}): Conversation {
  return {
    id,
    peerId: `tc1${id}`,
    name: id,
    color: 5,
    contact: 'mutual',
    presence: 'online',
    line: { state: 'direct', rtt: 8, host: '' },
    typing: false,
    preview: '',
    previewMine: false,
    previewState: 'received',
    lastTime: '2026-11-21T10:00:00.000Z',
    unread: 0,
    queued: 0,
    draft: '',
    since: '2026-03-04T18:04:00.000Z',
    invite: '',
    verified: { trust: 'none', method: '', since: '' },
    ...change,
  };
}

/** A message at so many minutes after ten. */
export function sampleMessage(conversation: string, minute: number, change: Partial<Message> = {}): Message {
  const time = new Date(Date.UTC(2026, 10, 21, 10, minute));
  const mine = change.mine ?? false;
  return {
    id: `${conversation}-${minute}`,
    conversation,
    order: orderKey(time.getTime(), minute),
    mine,
    author: mine ? 'tc1me' : `tc1${conversation}`,
    text: `message ${minute}`,
    time: time.toISOString(),
    state: mine ? 'delivered' : 'received',
    ...change,
  };
}

export function sampleState(conversations: Conversation[] = [], change: Partial<State> = {}): State {
  return {
    version: '0.1.0',
    sequence: 1,
    firstRun: false,
    profile: { peerId: 'tc1me', name: 'Mira Lind', color: 2, privacy: { ...openPrivacy }, handles: [] },
    settings: {
      theme: 'system',
      language: 'en',
      textSize: 1,
      compact: false,
      hosting: true,
      details: false,
      notifications: { ...plainNotifications },
      tray: false,
    },
    network: { online: true, servers: [], lines: 1, hostAddress: '' },
    conversations,
    requests: [],
    ...change,
  };
}
