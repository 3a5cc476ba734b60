// What TypeScript sees of backend/app/types.go, as plain interfaces: ids are strings, times are RFC 3339 strings in UTC
// with milliseconds, lists are never null in answers. In Changes an absent field means "not changed".

import type { OwnHandle } from './types-handles';

export type * from './types-bans';
export type * from './types-connection';
export type * from './types-delivery';
export type * from './types-handles';
export type * from './types-invites';
export type * from './types-lock';
export type * from './types-log';
export type * from './types-repair';
export type * from './types-search';
export type * from './types-servers';
export type * from './types-settings';
export type * from './types-standing';
export type * from './types-traffic';
export type * from './types-verification';

import type { Request } from './types-invites';
import type { Progress } from './types-lock';
import type { Repair } from './types-repair';
import type { Settings } from './types-settings';
import type { Standing } from './types-standing';
import type { Check, Verification } from './types-verification';

/** State is everything the window needs for its first paint. */
export interface State {
  /** of this build, for example "0.1.0" */
  version: string;
  /** of the last Changes that this state includes */
  sequence: number;
  /** no profile yet: show the first-run screen */
  firstRun: boolean;
  /** a state of the whole app that the person must know of */
  problem?: Problem;
  profile: Profile;
  settings: Settings;
  network: Network;
  /** newest activity first */
  conversations: Conversation[];
  /** newest first */
  requests: Request[];
  notice?: Notice;
  /** of a damaged history */
  repair?: Repair;
}

/** Changes is what happened since the last one; the event "changes" carries it. */
export interface Changes {
  /** consecutive; after a gap call Since */
  sequence: number;
  /** too far behind: call Start again */
  reset?: boolean;
  problem?: Problem;
  /** without a code: it was dismissed */
  notice?: Notice;
  /** how far it is; when it is over, reset follows */
  repair?: Repair;
  profile?: Profile;
  settings?: Settings;
  network?: Network;
  /** whole rows, replaced by id */
  conversations?: Conversation[];
  /** ids */
  removedConversations?: string[];
  /** new or changed, by id */
  messages?: Message[];
  /** ids: disappeared, or hidden here */
  removedMessages?: string[];
  /** ids: all that was shown of them is gone; before messages */
  clearedConversations?: string[];
  /** new or changed, by id */
  requests?: Request[];
  /** ids */
  removedRequests?: string[];
  /** call BansPage if they are on screen */
  bansChanged?: boolean;
  /** show this one (a second instance or a notification asked) */
  openConversation?: string;
  /** and in it this message, by its id */
  openMessage?: string;
  /** show who asks */
  openRequests?: boolean;
  /** a tincan: link was opened: show its preview */
  pasteInvite?: string;
  /** The profile was locked: everything is forgotten. */
  locked?: boolean;
  progress?: Progress;
}

/** ProblemCode names a state of the whole app. */
export type ProblemCode = 'database-damaged' | 'folder-read-only' | 'disk-full' | 'clock-wrong';

/** Problem is one of them; Message is an English sentence, Params fill a translated one. */
export interface Problem {
  code: ProblemCode;
  message: string;
  params: Record<string, string>;
}

/** Error is what a rejected call carries. Code is stable and chooses the translation, Params fill it, Message is the English sentence for codes that the interface does not know. It never holds secrets or paths. */
export interface ErrorDetail {
  code: string;
  message: string;
  params: Record<string, string>;
}

/** Profile is this person. */
export interface Profile {
  peerId: string;
  name: string;
  /** 1 to 8: the enamel token */
  color: number;
  privacy: Privacy;
  about?: string;
  /** names it, for picture(''); absent for none */
  picture?: string;
  /** those that I took, by when I did */
  handles: OwnHandle[];
  /** when this identity was given up: nothing can be sent; absent: it was not */
  retired?: string;
}

/** Route is which ways lines take; '' for a contact: as for everybody. */
export type Route = '' | 'any' | 'relayed' | 'network';

/** Privacy is what contacts learn of this person. Who hides something does not learn it of them either. */
export interface Privacy {
  /** what was read */
  readReceipts: boolean;
  /** when this person is there */
  presence: boolean;
  /** when this person writes */
  typing: boolean;
  /** of lines */
  route: Route;
}

/** ServerState is how an introduction server is doing. */
export type ServerState = 'connecting' | 'online' | 'down';

/** Server is an introduction server that this device uses. */
export interface Server {
  /** the server's key, text form */
  id: string;
  /** host:port, to show */
  address: string;
  /** the one in this app */
  mine: boolean;
  /** a contact's server: only to reach them */
  guest: boolean;
  state: ServerState;
  /** milliseconds, -1 unknown */
  rtt: number;
  /** since when in this state */
  since: string;
  /** why it is down */
  error?: ErrorDetail;
  /** when down: the next attempt, "" when none is planned */
  retryAt: string;
  /** the last ones, milliseconds, oldest first */
  rtts?: number[];
  /** what stands after the @ of handles there; absent when it has none, is not mine, or does not answer */
  handles?: string;
}

/** Network is what is known of the ways out. */
export interface Network {
  /** any network interface is up besides loopback, or a server is reachable */
  online: boolean;
  servers: Server[];
  /** open lines */
  lines: number;
  /** HostAddress is where others on this network reach the server in this app, "" when it is off. */
  hostAddress: string;
  /** why it could not start, for example the port is in use */
  hostError?: ErrorDetail;
}

/** ContactState is how far two people are. */
export type ContactState = 'asked' | 'mutual' | 'banned' | 'forgotten';

/** Presence of a contact. */
export type Presence = 'online' | 'offline' | 'unknown';

/** LineState is one row of the design's "The line: every state". */
export type LineState =
  | 'lan'
  | 'direct'
  | 'relayed'
  | 'connecting'
  | 'waiting'
  | 'no-network'
  | 'idle'
  | 'banned'
  | 'held';

/** Line is how two people are connected right now. */
export interface Line {
  state: LineState;
  /** milliseconds, smoothed over 5 s; -1 unknown */
  rtt: number;
  /** of the relay, when relayed */
  host: string;
}

/** MessageState is what the sender may know. */
export type MessageState = 'queued' | 'stored' | 'delivered' | 'read' | 'received';

/** Conversation is a row of the list and the head of a conversation. */
export interface Conversation extends Standing {
  id: string;
  peerId: string;
  name: string;
  color: number;
  contact: ContactState;
  presence: Presence;
  line: Line;
  typing: boolean;
  /** first line of the last message, at most 200 characters */
  preview: string;
  previewMine: boolean;
  previewState: MessageState;
  /** of the last message, or when the contact was made, or the conversation cleared */
  lastTime: string;
  /** computed from the read position */
  unread: number;
  /** my messages that are not on their computer yet */
  queued: number;
  draft: string;
  /** when the contact was made */
  since: string;
  /** label of the invite they came by, "" when it was theirs */
  invite: string;
  /** name@host by which I found them */
  handle?: string;
  /** they found me by my handle */
  stranger?: boolean;
  /** a lasting trouble with this contact, for example an older protocol */
  notice?: Notice;
  /** the last message was deleted; preview is "" */
  previewDeleted?: boolean;
  /** seconds that messages written now stay once they were read; absent: for good */
  timer?: number;
  /** when somebody chose that last, "for good" too; absent: nobody did */
  timerSince?: string;
  /** it was me */
  timerMine?: boolean;
  /** what they say of themselves, on one line */
  about?: string;
  /** names it, for the call picture; absent for none */
  picture?: string;
  /** of lines to them; absent: as for everybody */
  route?: Route;
  verified: Verification;
  /** absent: none is under way, nor just over */
  check?: Check;
  /** when they gave their identity up; absent: they did not */
  retired?: string;
  /** since when nothing is told of what they send, because it is too much; absent: they are not muted */
  muted?: string;
  /** the conversation that goes on with the key that followed theirs, or mine; absent: this one does */
  next?: string;
  /** my key changed, what is here was written before: it is only read */
  former?: boolean;
  /** they have not heard of my new key yet */
  following?: boolean;
}

/** Notice is something that a person should know: of a conversation, or of the folder that this app runs in. */
export interface Notice {
  /** for dismissNotice; "" for one that stays as long as its cause does */
  id: string;
  code: string;
  /** an English sentence */
  message: string;
  /** fill a translated one */
  params: Record<string, string>;
}

/** Message is one text in a timeline, as it stands after all that was said about it. */
export interface Message {
  /** hash of the entry, hex */
  id: string;
  conversation: string;
  /** compares as a string; the timeline's order, the same for every reader */
  order: string;
  mine: boolean;
  /** PeerID */
  author: string;
  text: string;
  /** as shown: a time from the future is clamped */
  time: string;
  state: MessageState;
  /** when the author's clock says that it was written; there, with arrivedTime, when both differ by more than 5 minutes */
  claimedTime?: string;
  arrivedTime?: string;
  /** its author took it back for everyone: there is no text, and nothing below */
  deleted?: boolean;
  /** when it was edited last; absent: never */
  edited?: string;
  /** the message that it answers */
  reply?: Reply;
  /** in the order in which they came; absent: none */
  reactions?: Reaction[];
  /** seconds that it stays once it was read; absent: for good */
  timer?: number;
  /** when it disappears here; absent: never, or it was not read yet */
  expires?: string;
}

/** Reply is what is shown of a message where it is answered. */
export interface Reply {
  id: string;
  /** it is on this computer; nothing below says anything if not */
  here: boolean;
  deleted: boolean;
  mine: boolean;
  /** PeerID */
  author: string;
  /** its beginning, at most 200 characters */
  text: string;
}

/** Reaction is an emoji on a message. */
export interface Reaction {
  emoji: string;
  count: number;
  /** I am one of them */
  mine: boolean;
  /** PeerIDs, in the order in which they put it */
  authors: string[];
}

/** Page is a stretch of a timeline, oldest first. */
export interface Page {
  conversation: Conversation;
  messages: Message[];
  hasBefore: boolean;
  hasAfter: boolean;
  /** id; "" when everything is read. The "new messages" line stands before it */
  firstUnread: string;
  unreadCount: number;
}
