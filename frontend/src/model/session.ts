import { createStore } from 'zustand/vanilla';
import type { Conversation, Network, Notice, Problem, Profile, Repair, Request, Settings } from '@/backend';

/** What the window knows of the app: the last State, kept current by Changes. */
export interface Session {
  /** starting: Start has not answered; failed: it was refused, `failure` says why; locked: nothing is known. */
  status: 'starting' | 'ready' | 'failed' | 'locked';
  failure: unknown;
  /** Nobody answers behind the window: what is shown is what was last known. */
  lost: boolean;
  version: string;
  sequence: number;
  firstRun: boolean;
  problem: Problem | undefined;
  notice: Notice | undefined;
  /** Of a damaged history, from its beginning until the next Start. */
  repair: Repair | undefined;
  profile: Profile;
  settings: Settings;
  network: Network;
  conversations: Readonly<Record<string, Conversation>>;
  requests: Readonly<Record<string, Request>>;
  /** Grows with every change of the ban list: whoever shows bans loads them again. */
  bansVersion: number;
}

export const emptySession: Session = {
  status: 'starting',
  failure: undefined,
  lost: false,
  version: '',
  sequence: 0,
  firstRun: false,
  problem: undefined,
  notice: undefined,
  repair: undefined,
  profile: {
    peerId: '',
    name: '',
    color: 8,
    handles: [],
    privacy: { readReceipts: true, presence: true, typing: true, route: 'any' },
  },
  settings: {
    theme: 'system',
    language: 'system',
    textSize: 1,
    compact: false,
    hosting: false,
    details: false,
    notifications: {
      about: 'everything',
      show: 'text',
      sound: false,
      count: true,
      quiet: false,
      quietFrom: 1350,
      quietTo: 420,
    },
    tray: false,
  },
  network: { online: true, servers: [], lines: 0, hostAddress: '' },
  conversations: {},
  requests: {},
  bansVersion: 0,
};

export const session = createStore<Session>()(() => emptySession);
