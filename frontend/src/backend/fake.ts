import type { Backend } from './api';
import { BackendError } from './error';
import { fakeBanCheck } from './fake-bans';
import { orderKey, pageAround } from './fake-log';
import type {
  Ban,
  BanCheck,
  BanKind,
  Changes,
  Conversation,
  Invite,
  InviteOptions,
  InvitePreview,
  Message,
  Page,
  Profile,
  Request,
  Server,
  ServerCheck,
  Settings,
  State,
} from './types';

export interface FakeOptions {
  state: State;
  /** Timelines by conversation, oldest first. */
  messages?: Record<string, Message[]>;
  invites?: Invite[];
  bans?: Ban[];
  /** Answers of readInvite by link. */
  previews?: Record<string, InvitePreview>;
  /** How long a call takes, in milliseconds. */
  delay?: number;
  now?: () => Date;
}

/** A backend in memory, for tests and for development without the app. It obeys backend/app/api.go as far as a window sees. */
export class FakeBackend implements Backend {
  state: State;
  readonly messages: Record<string, Message[]>;
  /** Every call in order: the method and its parameters. */
  readonly calls: [string, ...unknown[]][] = [];
  private readonly listeners = new Set<(changes: Changes) => void>();
  private readonly reconnects = new Set<() => void>();
  private readonly log: Changes[] = [];
  private readonly refusals = new Map<string, BackendError>();
  private readonly readUpTo = new Map<string, string>();
  private inviteList: Invite[];
  private banList: Ban[];
  private readonly previews: Record<string, InvitePreview>;
  private readonly delay: number;
  private readonly now: () => Date;
  private made = 0;

  constructor(options: FakeOptions) {
    this.state = structuredClone(options.state);
    this.messages = structuredClone(options.messages ?? {});
    this.inviteList = options.invites ?? [];
    this.banList = options.bans ?? [];
    this.previews = options.previews ?? {};
    this.delay = options.delay ?? 0;
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
    this.log.push(numbered);
    if (!lost) for (const listener of this.listeners) listener(numbered);
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
    const row = this.counted({
      ...this.row(conversation),
      preview: text,
      previewMine: false,
      typing: false,
      lastTime: message.time,
    });
    this.put(row);
    this.emit({ conversations: [row], messages: [message] }, lost);
    return message;
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

  start = () => this.answer('start', [], () => structuredClone(this.state));
  since = (sequence: number) => this.answer('since', [sequence], () => this.missed(sequence));
  painted = () => this.answer('painted', [], () => undefined);

  createProfile = (name: string, color: number) =>
    this.answer('createProfile', [name, color], () => {
      if (name.trim() === '') throw new BackendError({ code: 'name-empty', message: '', params: {} });
      this.state = {
        ...this.state,
        firstRun: false,
        profile: { peerId: `tc1${'a'.repeat(56)}`, name: name.trim(), color },
      };
      return structuredClone(this.state);
    });

  updateProfile = (name: string, color: number) =>
    this.answer('updateProfile', [name, color], (): Profile => {
      this.state.profile = { ...this.state.profile, name: name.trim(), color };
      this.emit({ profile: this.state.profile });
      return this.state.profile;
    });

  saveSettings = (settings: Settings) =>
    this.answer('saveSettings', [settings], () => {
      this.state.settings = settings;
      return settings;
    });

  open = (conversation: string) =>
    this.answer('open', [conversation], (): Page => {
      const row = this.row(conversation);
      const list = this.timeline(conversation);
      const read = this.readUpTo.get(conversation) ?? '';
      const at = row.unread > 0 ? list.findIndex((message) => !message.mine && message.order > read) : -1;
      return pageAround(row, list, at);
    });

  pageBefore = (conversation: string, order: string, limit: number) =>
    this.answer('pageBefore', [conversation, order, limit], () =>
      this.page(conversation, (list) => {
        const end = list.findIndex((message) => message.order >= order);
        const stop = end < 0 ? list.length : end;
        return [Math.max(0, stop - limit), stop];
      }),
    );

  pageAfter = (conversation: string, order: string, limit: number) =>
    this.answer('pageAfter', [conversation, order, limit], () =>
      this.page(conversation, (list) => {
        const begin = list.findIndex((message) => message.order > order);
        return begin < 0 ? [list.length, list.length] : [begin, Math.min(list.length, begin + limit)];
      }),
    );

  pageLast = (conversation: string, limit: number) =>
    this.answer('pageLast', [conversation, limit], () =>
      this.page(conversation, (list) => [Math.max(0, list.length - limit), list.length]),
    );

  sendText = (conversation: string, text: string) =>
    this.answer('sendText', [conversation, text], () => {
      const message = this.append(conversation, text, true);
      const row = this.row(conversation);
      this.put({
        ...row,
        preview: text,
        previewMine: true,
        previewState: 'queued',
        lastTime: message.time,
        queued: row.queued + 1,
      });
      this.emit({ conversations: [this.row(conversation)], messages: [message] });
      return message;
    });

  saveDraft = (conversation: string, text: string) =>
    this.answer('saveDraft', [conversation, text], () => {
      this.change(conversation, { draft: text });
    });

  typing = (conversation: string) => this.answer('typing', [conversation], () => undefined);

  markRead = (conversation: string, message: string) =>
    this.answer('markRead', [conversation, message], () => {
      const order = this.timeline(conversation).find((held) => held.id === message)?.order ?? '';
      if (order > (this.readUpTo.get(conversation) ?? '')) this.readUpTo.set(conversation, order);
      this.change(conversation, this.counted(this.row(conversation)));
    });

  focus = (conversation: string, focused: boolean) => this.answer('focus', [conversation, focused], () => undefined);

  createInvite = (options: InviteOptions) =>
    this.answer('createInvite', [options], (): Invite => {
      const template = this.inviteList[0];
      if (!template) throw new BackendError({ code: 'no-server', message: '', params: {} });
      this.made += 1;
      const invite = {
        ...template,
        id: `invite-${this.made}`,
        label: options.label,
        uses: options.uses || 1,
        used: 0,
        active: true,
      };
      this.inviteList = [invite, ...this.inviteList];
      return invite;
    });

  invites = () => this.answer('invites', [], () => this.inviteList);

  revokeInvite = (id: string) =>
    this.answer('revokeInvite', [id], () => {
      this.inviteList = this.inviteList.map((invite) => (invite.id === id ? { ...invite, active: false } : invite));
    });

  readInvite = (link: string) => this.answer('readInvite', [link], () => this.preview(link));

  sendRequest = (link: string, text: string) =>
    this.answer('sendRequest', [link, text], () => {
      const preview = this.preview(link);
      const request = {
        id: `asked-${preview.peerId}`,
        peerId: preview.peerId,
        name: preview.name,
        color: preview.color,
      };
      return this.befriend(request, text, 'asked');
    });

  acceptRequest = (id: string) =>
    this.answer('acceptRequest', [id], () => {
      const request = this.takeRequest(id);
      return this.befriend(request, request.text, 'mutual');
    });

  declineRequest = (id: string) =>
    this.answer('declineRequest', [id], () => {
      this.takeRequest(id);
    });

  banRequest = (id: string, reason: string) =>
    this.answer('banRequest', [id, reason], () => {
      const request = this.takeRequest(id);
      return this.ban('peer', request.peerId, reason, request.name, request.color);
    });

  safetyNumber = (peer: string) =>
    this.answer(
      'safetyNumber',
      [peer],
      () => '30921 77450 18263 99014 52380 64197 08351 46720 91538 27046 63819 05274',
    );

  bans = () => this.answer('bans', [], () => this.banList);

  checkBan = (kind: BanKind | '', target: string) =>
    this.answer('checkBan', [kind, target], (): BanCheck => {
      const found: BanKind = kind || (target.includes('/') ? 'range' : target.startsWith('tc1') ? 'peer' : 'address');
      return fakeBanCheck(found, target.trim(), this.banList, this.state.conversations);
    });

  addBan = (kind: BanKind, target: string, reason: string) =>
    this.answer('addBan', [kind, target, reason], () => {
      const row = this.state.conversations.find((other) => other.peerId === target);
      if (row)
        this.change(row.id, { contact: 'banned', presence: 'unknown', line: { state: 'banned', rtt: -1, host: '' } });
      return this.ban(kind, target, reason, row?.name ?? '', row?.color ?? 8);
    });

  removeBan = (id: string) =>
    this.answer('removeBan', [id], () => {
      const ban = this.banList.find((held) => held.id === id);
      if (!ban) throw new BackendError({ code: 'internal', message: '', params: {} });
      this.banList = this.banList.filter((held) => held.id !== id);
      const row = this.state.conversations.find((other) => other.peerId === ban.target);
      if (row)
        this.change(row.id, { contact: 'mutual', presence: 'offline', line: { state: 'waiting', rtt: -1, host: '' } });
      this.emit({ bansChanged: true });
      return ban;
    });

  restoreBan = (ban: Ban) =>
    this.answer('restoreBan', [ban], () => {
      this.banList = [ban, ...this.banList];
      this.emit({ bansChanged: true });
      return ban;
    });

  checkServer = (address: string) =>
    this.answer('checkServer', [address], (): ServerCheck => {
      if (address.startsWith('down.')) {
        return { address, key: '', rtt: -1, error: { code: 'server-down', message: '', params: { address } } };
      }
      if (/^[\w.-]+:\d+$/.test(address)) return { address, key: '9f3a 11c0 77d2', rtt: 23 };
      return { address, key: '', rtt: -1, error: { code: 'server-address', message: '', params: {} } };
    });

  addServer = (address: string) =>
    this.answer('addServer', [address], (): Server => {
      const time = this.now().toISOString();
      const server: Server = {
        id: address,
        address,
        mine: false,
        guest: false,
        state: 'online',
        rtt: 23,
        since: time,
        retryAt: '',
      };
      this.setServers([...this.state.network.servers, server]);
      return server;
    });

  removeServer = (id: string) =>
    this.answer('removeServer', [id], () =>
      this.setServers(this.state.network.servers.filter((server) => server.id !== id)),
    );

  retryServer = (id: string) =>
    this.answer('retryServer', [id], () =>
      this.setServers(
        this.state.network.servers.map((server) =>
          server.id === id ? { ...server, state: 'connecting' as const } : server,
        ),
      ),
    );

  openLink = (address: string) => this.answer('openLink', [address], () => undefined);

  onChanges(listener: (changes: Changes) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  onReconnected(listener: () => void): () => void {
    this.reconnects.add(listener);
    return () => this.reconnects.delete(listener);
  }

  private async answer<Answer>(method: keyof Backend, parameters: unknown[], work: () => Answer): Promise<Answer> {
    this.calls.push([method, ...parameters]);
    await (this.delay > 0 ? new Promise((resolve) => setTimeout(resolve, this.delay)) : Promise.resolve());
    const refusal = this.refusals.get(method);
    if (refusal) throw refusal;
    return work();
  }

  private missed(sequence: number): Changes {
    const later = this.log.filter((changes) => changes.sequence > sequence);
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

  private row(id: string): Conversation {
    const found = this.state.conversations.find((row) => row.id === id);
    if (!found) throw new BackendError({ code: 'no-conversation', message: '', params: {} });
    return found;
  }

  private put(row: Conversation): void {
    this.state.conversations = [row, ...this.state.conversations.filter((other) => other.id !== row.id)];
  }

  private timeline(conversation: string): Message[] {
    this.messages[conversation] ??= [];
    return this.messages[conversation];
  }

  private counted(row: Conversation): Conversation {
    const read = this.readUpTo.get(row.id) ?? '';
    return { ...row, unread: this.timeline(row.id).filter((message) => !message.mine && message.order > read).length };
  }

  private append(conversation: string, text: string, mine: boolean): Message {
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
    list.push(message);
    return message;
  }

  private page(conversation: string, range: (list: Message[]) => [number, number]): Page {
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

  private preview(link: string): InvitePreview {
    const found = this.previews[link.trim()];
    if (!found) throw new BackendError({ code: 'invite-not', message: '', params: {} });
    return found;
  }

  private takeRequest(id: string): Request {
    const request = this.state.requests.find((held) => held.id === id);
    if (!request) throw new BackendError({ code: 'no-conversation', message: '', params: {} });
    this.state.requests = this.state.requests.filter((held) => held.id !== id);
    this.emit({ removedRequests: [id] });
    return request;
  }

  private befriend(
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
    };
    this.put(row);
    if (text) this.append(row.id, text, contact === 'asked');
    this.readUpTo.set(row.id, this.timeline(row.id).at(-1)?.order ?? '');
    this.emit({ conversations: [row] });
    return row;
  }

  private ban(kind: BanKind, target: string, reason: string, name: string, color: number): Ban {
    this.made += 1;
    const ban = {
      id: `ban-${this.made}`,
      kind,
      target,
      name,
      color,
      reason,
      added: this.now().toISOString(),
      blocked: 0,
    };
    this.banList = [ban, ...this.banList];
    this.emit({ bansChanged: true });
    return ban;
  }

  private setServers(servers: Server[]): void {
    this.state.network = { ...this.state.network, servers };
    this.emit({ network: this.state.network });
  }
}
