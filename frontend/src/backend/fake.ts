import type { Backend } from './api';
import { BackendError } from './error';
import { fakeBanCheck, fakeBanKind, fakeBansPage, fakeImport } from './fake-bans';
import { fakeConnection } from './fake-connection';
import { fakeEvents, fakeNews } from './fake-events';
import { fakeClaimed, fakeFound, fakeReleased } from './fake-handles';
import { FakeLock } from './fake-lock';
import { openPrivacy } from './fake-privacy';
import { FakeTalk } from './fake-talk';
import { fakeTraffic } from './fake-traffic';
import type {
  Ban,
  BanEdit,
  BanKind,
  BanOptions,
  BanQuery,
  Every,
  Invite,
  InviteOptions,
  Privacy,
  Profile,
  Protecting,
  Route,
  Server,
  ServerCheck,
  Settings,
} from './types';

export type { FakeOptions } from './fake-world';

/** A backend in memory, for tests and for development without the app. It obeys backend/app/api.go as far as a window sees. */
export class FakeBackend extends FakeTalk implements Backend {
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
