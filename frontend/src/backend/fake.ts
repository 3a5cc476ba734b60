import type { Backend } from './api';
import { BackendError } from './error';
import { fakeBanCheck, fakeBanKind, fakeBansPage, fakeImport } from './fake-bans';
import { fakeDeleted, fakeReactions, fakeReply } from './fake-changes';
import { fakeConnection } from './fake-connection';
import { fakeDelivery } from './fake-delivery';
import { fakeEvents, fakeNews } from './fake-events';
import { fakeClaimed, fakeFound, fakeReleased } from './fake-handles';
import { FakeLock } from './fake-lock';
import { pageAround } from './fake-log';
import { openPrivacy } from './fake-privacy';
import { fakeSearch } from './fake-search';
import { FakeStanding } from './fake-standing';
import { fakeTraffic } from './fake-traffic';
import type {
  Ban,
  BanEdit,
  BanKind,
  BanOptions,
  BanQuery,
  Cancelled,
  Delivery,
  Every,
  ImportedBundle,
  Invite,
  InviteOptions,
  Page,
  Privacy,
  Profile,
  Protecting,
  Route,
  SavedBundle,
  SearchPage,
  Server,
  ServerCheck,
  Settings,
} from './types';

export type { FakeOptions } from './fake-world';

/** A backend in memory, for tests and for development without the app. It obeys backend/app/api.go as far as a window sees. */
export class FakeBackend extends FakeStanding implements Backend {
  readonly door = new FakeLock();

  start = () =>
    this.answer('start', [], () => {
      if (this.door.state.locked) throw new BackendError({ code: 'locked', message: '', params: {} });
      return structuredClone(this.state);
    });
  lockState = () => this.answer('lockState', [], () => this.door.state);
  unlock = (passphrase: string) =>
    this.answer('unlock', [passphrase], () => {
      const state = this.door.unlock(passphrase);
      this.emit({ reset: true });
      return state;
    });
  lock = () =>
    this.answer('lock', [], () => {
      this.door.lock();
      this.emit({ locked: true });
    });
  changeKey = (passphrase: string) =>
    this.answer('changeKey', [passphrase], () => {
      this.door.check(passphrase);
      this.state.profile = { ...this.state.profile, peerId: `${this.state.profile.peerId.slice(0, -4)}zzzz` };
      this.state.conversations = this.state.conversations.map((row) => ({ ...row, following: true, contact: 'asked' }));
      this.emit({ reset: true });
    });
  protect = (change: Protecting) => this.answer('protect', [change], () => this.door.protect(change));
  storage = () => this.answer('storage', [], () => this.door.disk);
  saveBackup = (passphrase: string) =>
    this.answer('saveBackup', [passphrase], () => this.door.backup(passphrase, new Date().toISOString()));
  automaticBackup = (every: Every, passphrase: string) =>
    this.answer('automaticBackup', [every, passphrase], () => this.door.automatic(every, passphrase, new Date()));
  takeBackup = (part: string, first: boolean) =>
    this.answer('takeBackup', [part, first], () => this.door.take(part, first));
  restoreBackup = (passphrase: string, replace: boolean) =>
    this.answer('restoreBackup', [passphrase, replace], () => {
      const before = this.door.restore(passphrase, this.state.firstRun, replace);
      this.state = { ...this.state, firstRun: false, profile: { ...this.state.profile, name: 'Mira' } };
      this.emit({ reset: true });
      return before;
    });
  exportConversation = (conversation: string, language: string) =>
    this.answer('exportConversation', [conversation, language], () => ({
      path: `/home/mira/Downloads/tincan-${this.row(conversation).name}`,
      messages: this.timeline(conversation).length,
    }));

  since = (sequence: number) => this.answer('since', [sequence], () => this.missed(sequence));
  painted = () => this.answer('painted', [], () => undefined);

  createProfile = (name: string, color: number) =>
    this.answer('createProfile', [name, color], () => {
      if (name.trim() === '') throw new BackendError({ code: 'name-empty', message: '', params: {} });
      this.state = {
        ...this.state,
        firstRun: false,
        profile: { peerId: `tc1${'a'.repeat(56)}`, name: name.trim(), color, privacy: { ...openPrivacy }, handles: [] },
      };
      return structuredClone(this.state);
    });

  setProfile = (name: string, color: number, about: string, picture: string) =>
    this.answer('setProfile', [name, color, about, picture], () => this.putProfile(name, color, about, picture));

  picture = (conversation: string) => this.answer('picture', [conversation], () => this.pictures[conversation] ?? '');

  setPrivacy = (privacy: Privacy) =>
    this.answer('setPrivacy', [privacy], (): Profile => {
      this.state.profile = { ...this.state.profile, privacy };
      this.emit({ profile: this.state.profile });
      return this.state.profile;
    });

  setRoute = (conversation: string, route: Route) =>
    this.answer('setRoute', [conversation, route], () => {
      const row = { ...this.row(conversation) };
      delete row.route;
      this.swap(route ? { ...row, route } : row);
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

  pageAround = (conversation: string, message: string, limit: number) =>
    this.answer('pageAround', [conversation, message, limit], () => {
      const at = this.timeline(conversation).indexOf(this.messageOf(conversation, message));
      const begin = Math.max(0, at - Math.floor(limit / 2));
      return this.page(conversation, (list) => [begin, Math.min(list.length, begin + limit)]);
    });

  search = (text: string, conversation: string, before: string) =>
    this.answer('search', [text, conversation, before], (): SearchPage => {
      const rows = this.state.conversations.filter((row) => conversation === '' || row.id === conversation);
      return fakeSearch(
        rows.flatMap((row) => this.timeline(row.id)),
        text,
        before,
      );
    });

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

  sendReply = (conversation: string, text: string, message: string) =>
    this.answer('sendReply', [conversation, text, message], () => {
      const answered = this.messageOf(conversation, message);
      const sent = this.append(conversation, text, true);
      return this.replace(conversation, { ...sent, reply: fakeReply(answered) });
    });

  editMessage = (conversation: string, message: string, text: string) =>
    this.answer('editMessage', [conversation, message, text], () =>
      this.replace(conversation, { ...this.mineOf(conversation, message), text, edited: this.now().toISOString() }),
    );

  deleteMessage = (conversation: string, message: string, forEveryone: boolean) =>
    this.answer('deleteMessage', [conversation, message, forEveryone], () => {
      if (forEveryone) this.replace(conversation, fakeDeleted(this.mineOf(conversation, message)));
      else this.takeAway(conversation, message);
    });

  react = (conversation: string, message: string, emoji: string, remove: boolean) =>
    this.answer('react', [conversation, message, emoji, remove], () => {
      const held = this.messageOf(conversation, message);
      const me = this.state.profile.peerId;
      const reactions = fakeReactions(held.reactions ?? [], emoji, me, me, remove);
      return this.replace(conversation, { ...held, reactions });
    });

  setTimer = (conversation: string, seconds: number) =>
    this.answer('setTimer', [conversation, seconds], () => this.putTimer(conversation, seconds));

  repair = () =>
    this.answer('repair', [], () => {
      this.state.repair = { running: true, saved: 0, of: 0 };
      this.emit({ repair: this.state.repair });
    });

  unmute = (conversation: string) => this.answer('unmute', [conversation], () => this.endMute(conversation));
  desktop = () => this.answer('desktop', [], () => ({ ...this.desktopState }));
  startAtLogin = (on: boolean) =>
    this.answer('startAtLogin', [on], () => {
      this.desktopState.startsAtLogin = on;
      return { ...this.desktopState };
    });
  showFolder = () => this.answer('showFolder', [], () => undefined);
  dismissNotice = (conversation: string, id: string) =>
    this.answer('dismissNotice', [conversation, id], () => this.dropNotice(conversation, id));

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

  delivery = (message: string) =>
    this.answer('delivery', [message], (): Delivery => {
      const found = Object.values(this.messages)
        .flat()
        .find((held) => held.id === message);
      if (!found?.mine || found.state === 'received')
        throw new BackendError({ code: 'no-message', message: '', params: {} });
      return fakeDelivery(found, this.row(found.conversation).line);
    });

  cancelMessage = (message: string) =>
    this.answer('cancelMessage', [message], (): Cancelled => {
      const found = Object.values(this.messages)
        .flat()
        .find((held) => held.id === message);
      if (!found?.mine) throw new BackendError({ code: 'no-message', message: '', params: {} });
      const list = this.timeline(found.conversation);
      list.splice(list.indexOf(found), 1);
      this.emit({ removedMessages: [message] });
      return found.state === 'stored'
        ? { outcome: 'server', server: 'tin.example.org:7117' }
        : { outcome: 'here', server: '' };
    });

  saveBundle = (conversation: string) =>
    this.answer('saveBundle', [conversation], (): SavedBundle => {
      const name = this.row(conversation).name.replace(/[^\p{L}\p{N}]+/gu, '-');
      const day = this.now().toISOString().slice(0, 10);
      const until = new Date(this.now().getTime() + 14 * 86_400_000).toISOString();
      return { path: `/home/mira/Downloads/for-${name}-${day}.tincan`, entries: 3, until, more: false };
    });

  importBundle = (file: string) =>
    this.answer('importBundle', [file], (): ImportedBundle => {
      if (!atob(file).startsWith('tincan-bundle/1\n')) {
        throw new BackendError({ code: 'bundle-none', message: '', params: {} });
      }
      return { conversation: this.state.conversations[0]?.id ?? '', entries: 2, known: false, damaged: false };
    });

  createInvite = (options: InviteOptions) =>
    this.answer('createInvite', [options], (): Invite => {
      const template = this.inviteList[0];
      if (!template) throw new BackendError({ code: 'no-server', message: '', params: {} });
      this.made += 1;
      const invite = {
        ...template,
        id: `invite-made-${this.made}`,
        label: options.label,
        uses: options.uses || 1,
        used: 0,
        people: [],
        active: true,
        created: this.now().toISOString(),
        expires: new Date(this.now().getTime() + (options.days || 7) * 86_400_000).toISOString(),
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

  claimHandle = (handle: string) =>
    this.answer('claimHandle', [handle], () =>
      this.setProfileTo(fakeClaimed(this.state.profile, handle, this.state.network.servers, this.people)),
    );

  releaseHandle = (handle: string) =>
    this.answer('releaseHandle', [handle], () => this.setProfileTo(fakeReleased(this.state.profile, handle)));

  findHandle = (handle: string) => this.answer('findHandle', [handle], () => this.found(handle));

  askHandle = (handle: string, peer: string, text: string) =>
    this.answer('askHandle', [handle, peer, text], () => {
      const { peerId, name, color } = this.found(handle);
      return this.befriend({ id: `asked-${peerId}`, peerId, name, color }, text, 'asked');
    });

  private found = (handle: string) =>
    fakeFound(this.state.profile, handle, this.state.network.servers, this.people, this.state.conversations);

  acceptRequest = (id: string) =>
    this.answer('acceptRequest', [id], () => {
      const request = this.takeRequest(id);
      return this.befriend(request, request.text, 'mutual');
    });

  declineRequest = (id: string) =>
    this.answer('declineRequest', [id], () => {
      this.takeRequest(id);
    });

  banRequest = (id: string, how: BanEdit) =>
    this.answer('banRequest', [id, how], () => {
      const request = this.takeRequest(id);
      return this.ban({ target: request.peerId, ...how, name: request.name, color: request.color });
    });

  safetyNumber = (peer: string) =>
    this.answer(
      'safetyNumber',
      [peer],
      () => '30921 77450 18263 99014 52380 64197 08351 46720 91538 27046 63819 05274',
    );

  bansPage = (query: BanQuery) => this.answer('bansPage', [query], () => fakeBansPage(this.banList, query));

  banOn = (id: string) =>
    this.answer('banOn', [id], () => {
      const row = this.state.conversations.find((other) => other.id === id);
      return this.heldBan(
        (held) => held.target === row?.peerId || (held.kind === 'invite' && row?.contact === 'banned'),
      );
    });

  private readonly banCheck = (kind: BanKind | '', target: string) =>
    fakeBanCheck(kind || fakeBanKind(target), target, this.banList, this.state.conversations);

  checkBan = (kind: BanKind | '', target: string) =>
    this.answer('checkBan', [kind, target], () => this.banCheck(kind, target.trim()));

  addBan = (options: BanOptions) =>
    this.answer('addBan', [options], () => {
      const row = this.state.conversations.find((other) => other.peerId === options.target);
      if (row)
        this.change(row.id, { contact: 'banned', presence: 'unknown', line: { state: 'banned', rtt: -1, host: '' } });
      return this.ban({ ...options, ...(row ? { name: row.name, color: row.color } : {}) });
    });

  editBan = (id: string, changed: BanEdit) =>
    this.answer('editBan', [id, changed], () => {
      const next = { ...this.heldBan((held) => held.id === id), ...changed, ended: false };
      this.banList = this.banList.map((held) => (held.id === id ? next : held));
      this.emit({ bansChanged: true });
      return next;
    });

  clearBans = () =>
    this.answer('clearBans', [], () => {
      const count = this.banList.length;
      this.banList = [];
      this.emit({ bansChanged: true });
      return count;
    });

  importBans = (text: string) =>
    this.answer('importBans', [text], () =>
      fakeImport(text, this.banCheck, (checked, reason) =>
        this.ban({ kind: checked.kind, target: checked.target, reason }),
      ),
    );

  exportBans = () =>
    this.answer('exportBans', [], () => ({ path: '/home/ana/Downloads/tincan-bans.txt', count: this.banList.length }));

  removeBan = (id: string) =>
    this.answer('removeBan', [id], () => {
      const ban = this.heldBan((held) => held.id === id);
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

  checkConnection = () => this.answer('checkConnection', [], () => fakeConnection);
  log = () => this.answer('log', [], () => fakeEvents(this.now(), this.state.network));
  news = () => this.answer('news', [], () => fakeNews);

  private turn = 0;
  traffic = () =>
    this.answer('traffic', [], () => {
      this.turn += 1;
      return this.carried ?? fakeTraffic(this.state.conversations, this.now(), this.turn);
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
}
