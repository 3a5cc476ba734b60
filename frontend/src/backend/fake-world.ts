import type { Backend } from './api';
import { BackendError } from './error';
import { plainBan } from './fake-bans';
import { fakeDeleted } from './fake-changes';
import { wholeDesktop } from './fake-desktop';
import { orderKey } from './fake-log';
import type {
  Ban,
  Changes,
  Conversation,
  DesktopState,
  FoundPerson,
  Invite,
  InvitePreview,
  Message,
  Page,
  Profile,
  Request,
  Server,
  State,
  Traffic,
} from './types';

export interface FakeOptions {
  state: State;
  /** Timelines by conversation, oldest first. */
  messages?: Record<string, Message[]>;
  invites?: Invite[];
  bans?: Ban[];
  /** Pictures by conversation, '' for one's own: data: URLs. */
  pictures?: Record<string, string>;
  /** Answers of readInvite by link. */
  previews?: Record<string, InvitePreview>;
  /** Who has handles. */
  people?: FoundPerson[];
  /** What the desktop can do; without it, everything. */
  desktop?: DesktopState;
  now?: () => Date;
}

/** What the fake backend keeps, and what tests and scenes do to it: people who write, lines that change, events that get lost. */
export abstract class FakeWorld {
  state: State;
  readonly messages: Record<string, Message[]>;
  /** Every call in order: the method and its parameters. */
  readonly calls: [string, ...unknown[]][] = [];
  protected readonly listeners = new Set<(changes: Changes) => void>();
  protected readonly losses = new Set<() => void>();
  protected readonly reconnects = new Set<() => void>();
  protected readonly emitted: Changes[] = [];
  protected readonly refusals = new Map<string, BackendError>();
  protected readonly readUpTo = new Map<string, string>();
  protected inviteList: Invite[];
  protected banList: Ban[];
  protected readonly previews: Record<string, InvitePreview>;
  protected readonly people: FoundPerson[];
  protected readonly desktopState: DesktopState;
  protected readonly now: () => Date;
  protected made = 0;
  /** What lines carried, when a test says so. */
  carried: Traffic | undefined;
  protected readonly pictures: Record<string, string>;

  constructor(options: FakeOptions) {
    this.state = structuredClone(options.state);
    this.messages = structuredClone(options.messages ?? {});
    this.inviteList = options.invites ?? [];
    this.banList = options.bans ?? [];
    this.previews = options.previews ?? {};
    this.people = options.people ?? [];
    this.desktopState = { ...(options.desktop ?? wholeDesktop) };
    this.pictures = { ...options.pictures };
    this.now = options.now ?? (() => new Date());
    for (const row of this.state.conversations) {
      const theirs = (this.messages[row.id] ?? []).filter((message) => !message.mine);
      this.readUpTo.set(row.id, theirs.at(-1 - row.unread)?.order ?? '');
    }
  }

  /** Refuses the next calls of a method, until told otherwise with undefined. */
  refuse(method: keyof Backend, code: string | undefined, params: Record<string, string> = {}): void {
    if (code === undefined) this.refusals.delete(method);
    else this.refusals.set(method, new BackendError({ code, message: `refused: ${code}`, params }));
  }

  /** Emits one Changes with the next number, or keeps it back as if the event was lost. */
  emit(changes: Omit<Changes, 'sequence'>, lost = false): void {
    this.state.sequence += 1;
    const numbered = { ...changes, sequence: this.state.sequence };
    this.emitted.push(numbered);
    if (!lost) for (const listener of this.listeners) listener(numbered);
  }

  lose(): void {
    for (const listener of this.losses) listener();
  }

  reconnect(): void {
    for (const listener of this.reconnects) listener();
  }

  /** Changes a row of the list and tells it. */
  change(id: string, change: Partial<Conversation>, lost = false): Conversation {
    const row = { ...this.row(id), ...change };
    this.state.conversations = this.state.conversations.map((other) => (other.id === id ? row : other));
    this.emit({ conversations: [row] }, lost);
    return row;
  }

  /** A message of the other side arrives. */
  arrive(conversation: string, text: string, lost = false): Message {
    const message = this.append(conversation, text, false);
    const { folder, ...held } = this.row(conversation);
    const row = this.counted({
      ...held,
      // What is archived and quiet stays there.
      ...(folder === 'archived' && held.quiet ? { folder } : {}),
      preview: text,
      previewMine: false,
      typing: false,
      lastTime: message.time,
    });
    this.put(row);
    this.emit({ conversations: [row], messages: [message] }, lost);
    return message;
  }

  /** A message is edited, deleted or reacted to by the other side. */
  touch(conversation: string, id: string, change: Partial<Message>): Message {
    return this.replace(conversation, { ...this.messageOf(conversation, id), ...change });
  }

  /** The other side takes a message back. */
  takeBack(conversation: string, id: string): Message {
    return this.replace(conversation, fakeDeleted(this.messageOf(conversation, id)));
  }

  /** A message disappears here; nothing is left of it. */
  takeAway(conversation: string, id: string): void {
    const list = this.timeline(conversation);
    list.splice(list.indexOf(this.messageOf(conversation, id)), 1);
    this.previewLast(conversation);
    this.emit({ conversations: [this.row(conversation)], removedMessages: [id] });
  }

  /** A message of mine gets its next mark. */
  mark(conversation: string, id: string, state: Message['state']): void {
    const list = this.timeline(conversation);
    const at = list.findIndex((message) => message.id === id);
    const held = list[at];
    if (!held) return;
    list[at] = { ...held, state };
    const row = { ...this.row(conversation), queued: list.filter((message) => message.state === 'queued').length };
    this.put(row);
    this.emit({ conversations: [row], messages: [{ ...held, state }] });
  }

  onChanges(listener: (changes: Changes) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  onLost(listener: () => void): () => void {
    this.losses.add(listener);
    return () => this.losses.delete(listener);
  }

  onReconnected(listener: () => void): () => void {
    this.reconnects.add(listener);
    return () => this.reconnects.delete(listener);
  }

  protected async answer<Answer>(method: keyof Backend, parameters: unknown[], work: () => Answer): Promise<Answer> {
    this.calls.push([method, ...parameters]);
    await Promise.resolve();
    const refusal = this.refusals.get(method);
    if (refusal) throw refusal;
    return work();
  }

  protected missed(sequence: number): Changes {
    const later = this.emitted.filter((changes) => changes.sequence > sequence);
    if (later.length !== this.state.sequence - sequence) return { sequence: this.state.sequence, reset: true };
    const one: Changes = { sequence: this.state.sequence };
    const rows = new Map<string, Conversation>();
    const messages: Message[] = [];
    for (const changes of later) {
      for (const row of changes.conversations ?? []) rows.set(row.id, row);
      messages.push(...(changes.messages ?? []));
      Object.assign(one, changes);
    }
    return { ...one, sequence: this.state.sequence, conversations: [...rows.values()], messages };
  }

  protected messageOf(conversation: string, id: string): Message {
    const found = this.timeline(conversation).find((message) => message.id === id);
    if (!found) throw new BackendError({ code: 'no-message', message: '', params: {} });
    return found;
  }

  protected mineOf(conversation: string, id: string): Message {
    const found = this.messageOf(conversation, id);
    if (!found.mine) throw new BackendError({ code: 'not-mine', message: '', params: {} });
    return found;
  }

  /** Puts a message as it stands now, and tells it. */
  protected replace(conversation: string, message: Message): Message {
    const list = this.timeline(conversation);
    list[list.findIndex((held) => held.id === message.id)] = message;
    this.previewLast(conversation);
    this.emit({ conversations: [this.row(conversation)], messages: [message] });
    return message;
  }

  /** The row says what its last message says now. */
  private previewLast(conversation: string): void {
    const last = this.timeline(conversation).at(-1);
    const next: Conversation = {
      ...this.row(conversation),
      preview: last?.text ?? '',
      previewMine: last?.mine ?? false,
    };
    if (last?.deleted) next.previewDeleted = true;
    else delete next.previewDeleted;
    this.state.conversations = this.state.conversations.map((other) => (other.id === conversation ? next : other));
  }

  protected row(id: string): Conversation {
    const found = this.state.conversations.find((row) => row.id === id);
    if (!found) throw new BackendError({ code: 'no-conversation', message: '', params: {} });
    return found;
  }

  protected put(row: Conversation): void {
    this.state.conversations = [row, ...this.state.conversations.filter((other) => other.id !== row.id)];
  }

  protected timeline(conversation: string): Message[] {
    this.messages[conversation] ??= [];
    return this.messages[conversation];
  }

  protected counted(row: Conversation): Conversation {
    const read = this.readUpTo.get(row.id) ?? '';
    return { ...row, unread: this.timeline(row.id).filter((message) => !message.mine && message.order > read).length };
  }

  protected append(conversation: string, text: string, mine: boolean): Message {
    const list = this.timeline(conversation);
    this.made += 1;
    const time = this.now();
    const message: Message = {
      id: `made-${this.made}`,
      conversation,
      order: orderKey(time.getTime(), list.length + this.made),
      mine,
      author: mine ? this.state.profile.peerId : this.row(conversation).peerId,
      text,
      time: time.toISOString(),
      state: mine ? 'queued' : 'received',
    };
    const { timer } = this.row(conversation);
    if (timer) message.timer = timer;
    list.push(message);
    return message;
  }

  protected page(conversation: string, range: (list: Message[]) => [number, number]): Page {
    const list = this.timeline(conversation);
    const [begin, end] = range(list);
    return {
      conversation: this.row(conversation),
      messages: list.slice(begin, end),
      hasBefore: begin > 0,
      hasAfter: end < list.length,
      firstUnread: '',
      unreadCount: 0,
    };
  }

  protected preview(link: string): InvitePreview {
    const found = this.previews[link.trim()];
    if (!found) throw new BackendError({ code: 'invite-not', message: '', params: {} });
    return found;
  }

  protected putProfile(name: string, color: number, about: string, picture: string): Profile {
    if (name.trim() === '') throw new BackendError({ code: 'name-empty', message: '', params: {} });
    if ([...about.trim()].length > 140)
      throw new BackendError({ code: 'about-long', message: '', params: { limit: '140' } });
    const held = this.state.profile;
    if (picture !== held.picture) this.pictures[''] = picture;
    this.made += 1;
    const { peerId, privacy, handles } = held;
    const profile: Profile = { peerId, name: name.trim(), color, privacy, handles };
    if (about.trim()) profile.about = about.trim();
    if (picture) profile.picture = picture === held.picture ? picture : `picture-${this.made}`;
    return this.setProfileTo(profile);
  }

  protected setProfileTo(profile: Profile): Profile {
    this.state.profile = profile;
    this.emit({ profile });
    return profile;
  }

  protected putTimer(conversation: string, seconds: number): void {
    if (seconds < 0 || seconds > 7_776_000) throw new BackendError({ code: 'timer', message: '', params: {} });
    const chosen: Conversation = { ...this.row(conversation), timerSince: this.now().toISOString(), timerMine: true };
    delete chosen.timer;
    this.swap(seconds > 0 ? { ...chosen, timer: seconds } : chosen);
  }

  protected dropNotice(conversation: string, id: string): void {
    if (conversation === '') {
      if (this.state.notice?.id !== id) return;
      delete this.state.notice;
      this.emit({ notice: { id: '', code: '', message: '', params: {} } });
      return;
    }
    const { notice, ...row } = this.row(conversation);
    if (notice?.id === id) this.swap(row);
  }

  protected endMute(conversation: string): void {
    const { notice, muted, ...row } = this.row(conversation);
    if (muted) this.swap(notice?.code === 'flood' || !notice ? row : { ...row, notice });
  }

  /** Puts a row in its place and tells it. */
  protected swap(row: Conversation): void {
    this.state.conversations = this.state.conversations.map((other) => (other.id === row.id ? row : other));
    this.emit({ conversations: [row] });
  }

  protected takeRequest(id: string): Request {
    const request = this.state.requests.find((held) => held.id === id);
    if (!request) throw new BackendError({ code: 'no-conversation', message: '', params: {} });
    this.state.requests = this.state.requests.filter((held) => held.id !== id);
    this.emit({ removedRequests: [id] });
    return request;
  }

  protected befriend(
    person: { id: string; peerId: string; name: string; color: number },
    text: string,
    contact: Conversation['contact'],
  ): Conversation {
    const time = this.now().toISOString();
    const row: Conversation = {
      id: person.id,
      peerId: person.peerId,
      name: person.name,
      color: person.color,
      contact,
      presence: contact === 'mutual' ? 'online' : 'unknown',
      line: { state: contact === 'mutual' ? 'direct' : 'idle', rtt: contact === 'mutual' ? 9 : -1, host: '' },
      typing: false,
      preview: text,
      previewMine: contact === 'asked',
      previewState: contact === 'asked' ? 'queued' : 'received',
      lastTime: time,
      unread: 0,
      queued: 0,
      draft: '',
      since: time,
      invite: '',
      verified: { trust: contact === 'asked' ? 'link' : 'none', method: '', since: '' },
    };
    this.put(row);
    if (text) this.append(row.id, text, contact === 'asked');
    this.readUpTo.set(row.id, this.timeline(row.id).at(-1)?.order ?? '');
    this.emit({ conversations: [row] });
    return row;
  }

  protected ban(rest: Partial<Ban> & { target: string }): Ban {
    this.made += 1;
    const ban = { ...plainBan, id: `ban-${this.made}`, added: this.now().toISOString(), ...rest };
    this.banList = [ban, ...this.banList];
    this.emit({ bansChanged: true });
    return ban;
  }

  protected heldBan(matches: (ban: Ban) => boolean): Ban {
    const ban = this.banList.find(matches);
    if (!ban) throw new BackendError({ code: 'no-ban', message: '', params: {} });
    return ban;
  }

  protected setServers(servers: Server[]): void {
    this.state.network = { ...this.state.network, servers };
    this.emit({ network: this.state.network });
  }
}
