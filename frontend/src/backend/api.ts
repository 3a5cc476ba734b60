import type {
  Ban,
  BanCheck,
  BanEdit,
  BanKind,
  BanOptions,
  BanPage,
  BanQuery,
  Cancelled,
  Changes,
  ConnectionCheck,
  Conversation,
  Delivery,
  DesktopState,
  Every,
  FoundPerson,
  ImportedBans,
  ImportedBundle,
  Invite,
  InviteOptions,
  InvitePreview,
  LockState,
  LogLine,
  Message,
  NumberCheck,
  Page,
  Privacy,
  Profile,
  Protecting,
  Route,
  Safety,
  SavedBackup,
  SavedBans,
  SavedBundle,
  SavedExport,
  SearchPage,
  Server,
  ServerCheck,
  Settings,
  State,
  Storage,
  Traffic,
} from './types';

/**
 * The calls that the interface may make, as in backend/app/api.go, which says what each does and which codes it refuses
 * with. Every refusal is a BackendError.
 */
export interface Backend {
  start(): Promise<State>;
  since(sequence: number): Promise<Changes>;
  painted(): Promise<void>;

  createProfile(name: string, color: number): Promise<State>;
  setProfile(name: string, color: number, about: string, picture: string): Promise<Profile>;
  /** The picture of whom a conversation is with, with '' mine: a data: URL, '' if there is none. */
  picture(conversation: string): Promise<string>;
  setPrivacy(privacy: Privacy): Promise<Profile>;
  setRoute(conversation: string, route: Route): Promise<void>;
  saveSettings(settings: Settings): Promise<Settings>;

  /** These stand at the top of the list, in this order, and no others. */
  pinConversations(conversations: string[]): Promise<void>;
  /** false puts one that is archived or deleted back. */
  archiveConversation(conversation: string, archived: boolean): Promise<void>;
  quietConversation(conversation: string, quiet: boolean): Promise<void>;
  markUnread(conversation: string, unread: boolean): Promise<void>;
  readConversation(conversation: string): Promise<void>;
  /** Erases the messages on this computer. */
  clearConversation(conversation: string): Promise<void>;
  /** Does that, and takes it out of the list until somebody writes; of somebody who is forgotten nothing stays. */
  deleteConversation(conversation: string): Promise<void>;
  forgetContact(conversation: string, erase: boolean): Promise<void>;

  open(conversation: string): Promise<Page>;
  pageBefore(conversation: string, order: string, limit: number): Promise<Page>;
  pageAfter(conversation: string, order: string, limit: number): Promise<Page>;
  pageLast(conversation: string, limit: number): Promise<Page>;
  /** Around a message, which is in it. */
  pageAround(conversation: string, message: string, limit: number): Promise<Page>;
  /** conversation "" is all of them; before "" is the newest, else that of the page before. */
  search(text: string, conversation: string, before: string): Promise<SearchPage>;
  sendText(conversation: string, text: string): Promise<Message>;
  sendReply(conversation: string, text: string, message: string): Promise<Message>;
  editMessage(conversation: string, message: string, text: string): Promise<Message>;
  deleteMessage(conversation: string, message: string, forEveryone: boolean): Promise<void>;
  react(conversation: string, message: string, emoji: string, remove: boolean): Promise<Message>;
  setTimer(conversation: string, seconds: number): Promise<void>;
  /** For good; conversation "" is the notice of this install. */
  dismissNotice(conversation: string, id: string): Promise<void>;
  /** Tells again of what somebody sends who was muted because it was too much; reset follows. */
  unmute(conversation: string): Promise<void>;
  /** Whether nothing is told of a conversation outside of the window. */
  /** Begins to make a new history of what can be read of a damaged one; State.repair says how far it is. */
  repair(): Promise<void>;
  saveDraft(conversation: string, text: string): Promise<void>;
  typing(conversation: string): Promise<void>;
  markRead(conversation: string, message: string): Promise<void>;
  focus(conversation: string, focused: boolean): Promise<void>;
  delivery(message: string): Promise<Delivery>;
  cancelMessage(message: string): Promise<Cancelled>;
  saveBundle(conversation: string): Promise<SavedBundle>;
  /** The file in base64. */
  importBundle(file: string): Promise<ImportedBundle>;

  createInvite(options: InviteOptions): Promise<Invite>;
  invites(): Promise<Invite[]>;
  revokeInvite(id: string): Promise<void>;
  readInvite(link: string): Promise<InvitePreview>;
  sendRequest(link: string, text: string): Promise<Conversation>;
  /** name@host, or the name alone where one server of mine has handles. */
  claimHandle(handle: string): Promise<Profile>;
  releaseHandle(handle: string): Promise<Profile>;
  /** Who has a handle; nothing is sent to them. */
  findHandle(handle: string): Promise<FoundPerson>;
  /** The first message to whom findHandle found: the request. */
  askHandle(handle: string, peer: string, text: string): Promise<Conversation>;
  acceptRequest(id: string): Promise<Conversation>;
  declineRequest(id: string): Promise<void>;
  banRequest(id: string, how: BanEdit): Promise<Ban>;
  safetyNumber(peer: string): Promise<string>;

  safety(conversation: string): Promise<Safety>;
  compareNumber(conversation: string, text: string): Promise<NumberCheck>;
  /** What came of comparing the numbers. */
  verify(conversation: string, same: boolean): Promise<Conversation>;
  unverify(conversation: string): Promise<Conversation>;
  startCheck(conversation: string): Promise<Conversation>;
  /** No also ends a check that is under way, and puts one away that is over. */
  answerCheck(conversation: string, yes: boolean): Promise<Conversation>;
  finishCheck(conversation: string, same: boolean): Promise<Conversation>;
  retire(): Promise<Profile>;

  bansPage(query: BanQuery): Promise<BanPage>;
  banOn(conversation: string): Promise<Ban>;
  checkBan(kind: BanKind | '', target: string): Promise<BanCheck>;
  addBan(options: BanOptions): Promise<Ban>;
  editBan(id: string, changed: BanEdit): Promise<Ban>;
  clearBans(): Promise<number>;
  importBans(text: string): Promise<ImportedBans>;
  exportBans(): Promise<SavedBans>;
  removeBan(id: string): Promise<Ban>;
  restoreBan(ban: Ban): Promise<Ban>;

  /** What lines carried since the start, and how the open ones do; cheap enough to be asked every second. */
  traffic(): Promise<Traffic>;
  checkServer(address: string): Promise<ServerCheck>;
  /** Asks servers and relays anew what of this network works, and names the causes of what does not; at most 8 s. */
  checkConnection(): Promise<ConnectionCheck>;
  /** What happened in this run, newest first, at most 500 lines. */
  log(): Promise<LogLine[]>;
  /** What this version brings, in English. */
  news(): Promise<string[]>;
  addServer(address: string): Promise<Server>;
  removeServer(id: string): Promise<void>;
  retryServer(id: string): Promise<void>;

  openLink(address: string): Promise<void>;
  /** What the desktop around the window can do. */
  desktop(): Promise<DesktopState>;
  startAtLogin(on: boolean): Promise<DesktopState>;
  /** Has the system show the data folder. Refused with show-folder (path) where nothing shows folders. */
  showFolder(): Promise<void>;

  lockState(): Promise<LockState>;
  /** '' where no passphrase is needed. */
  unlock(passphrase: string): Promise<LockState>;
  lock(): Promise<void>;
  /** The passphrase that protects the keys, '' where there is none. */
  changeKey(passphrase: string): Promise<void>;
  protect(change: Protecting): Promise<LockState>;
  storage(): Promise<Storage>;
  saveBackup(passphrase: string): Promise<SavedBackup>;
  /** Has backups made by themselves, the first one at once; '' keeps the passphrase, and makes none. */
  automaticBackup(every: Every, passphrase: string): Promise<SavedBackup>;
  /** The next part of a backup in base64, of at most 512 KiB before that. */
  takeBackup(part: string, first: boolean): Promise<void>;
  restoreBackup(passphrase: string, replace: boolean): Promise<string>;
  /** The page speaks the language. */
  exportConversation(conversation: string, language: string): Promise<SavedExport>;

  /** Subscribes to the one event. The returned function ends the subscription. */
  onChanges(listener: (changes: Changes) => void): () => void;
  /** Called when the stream of events is cut, and each time that it cannot be opened again. */
  onLost(listener: () => void): () => void;
  /** Called when the stream of events was cut and is back, so that what was missed is asked for. */
  onReconnected(listener: () => void): () => void;
}
