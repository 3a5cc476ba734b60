import { FakeBackend, type FakeOptions } from './fake';
import { plainBan } from './fake-bans';
import { plainNotifications } from './fake-desktop';
import { openPrivacy } from './fake-privacy';
import { ago, anaTalk, invite, longTalk, me, network, requests, rows, say } from './scene-data';
import { handleScenes } from './scenes-handles';
import { hostileScenes } from './scenes-hostile';
import { lockScenes } from './scenes-lock';
import { manageScenes } from './scenes-manage';
import { mannerScenes } from './scenes-manner';
import { answeredTalk, deletedTalk, formattedTalk, lateTalk } from './scenes-messages';
import { networkScenes } from './scenes-network';
import { verifyScenes } from './scenes-verify';
import type { Ban, Conversation, Network, State } from './types';

// Scenes for development and for pictures: `?fake=<name>`. Names: main, relay, waiting, connecting, lan, ready, offline, away,
// banned, asked, long, answers, deleted, formats, late, unread, empty, problem, clock, loading, failed, first, requests, settings, alone,
// many, found, indexing, and those of scenes-hostile, scenes-manage, scenes-manner, scenes-network, scenes-handles and scenes-verify. They stand still at the
// time `?at=` (a date and time), which the look script also gives to the browser's clock.

function mainState(now: Date): State {
  return {
    version: '0.1.0',
    sequence: 1,
    firstRun: false,
    profile: { peerId: me, name: 'Mira Lind', color: 2, privacy: { ...openPrivacy }, handles: [] },
    settings: {
      theme: 'system',
      language: 'system',
      textSize: 1,
      compact: new URLSearchParams(location.search).has('compact'),
      ...(new URLSearchParams(location.search).has('left') ? { ownLeft: true } : {}),
      hosting: true,
      details: new URLSearchParams(location.search).has('details'),
      notifications: { ...plainNotifications },
      tray: false,
    },
    network: network(now),
    conversations: rows(now),
    requests: requests(now),
  };
}

function bans(now: Date): Ban[] {
  const line = (id: number, kind: Ban['kind'], target: string, added: string, rest: Partial<Ban> = {}): Ban => ({
    ...plainBan,
    id: `ban-of-old-${id}`,
    kind,
    target,
    added,
    ...rest,
  });
  return [
    line(1, 'range', '203.0.113.0/24', ago(now, 0, 9, 0), {
      reason: 'Flooding requests',
      ends: ago(now, -7, 9, 0),
      blocked: 1204,
    }),
    line(2, 'peer', 'tc1k7q4wx2m9fhtk7q4wx2m9fhtk7q4wx2m9fhtk7q4wx2m9fht', ago(now, 0, 8, 30), {
      name: 'kx_promo_44',
      reason: 'Spam',
      tell: true,
      blocked: 3,
    }),
    line(6, 'domain', '*.bulk.example.net', ago(now, 2, 12, 0), { reason: 'Advertising servers', blocked: 57 }),
    line(7, 'invite', 'invite:0190a1b2-c3d4-7e5f-8a6b-0c1d2e3f4a5b', ago(now, 4, 12, 0), {
      name: 'The fair',
      blocked: 2,
    }),
    line(3, 'address', '198.51.100.77', ago(now, 9, 12, 0), {
      reason: 'Port scanning',
      ends: ago(now, 1, 12, 0),
      ended: true,
      blocked: 418,
    }),
    line(4, 'address', '2001:db8::5f3a', ago(now, 19, 12, 0)),
    line(5, 'peer', 'tc1m9fhtk7q4wx2m9fhtk7q4wx2m9fhtk7q4wx2m9fhtk7q4wx2', ago(now, 99, 12, 0), {
      name: 'Viktor S.',
      blocked: 12,
    }),
  ];
}

/** Servers of every kind and state. */
function servers(now: Date): Network['servers'] {
  const one = (id: string, address: string, rest: Partial<Network['servers'][number]>): Network['servers'][number] => ({
    id,
    address,
    mine: false,
    guest: false,
    state: 'online',
    rtt: 18,
    since: ago(now, 0, 8, 0),
    retryAt: '',
    ...rest,
  });
  return [
    one('s1', 'lines.example.net:7443', { rtts: [18, 17, 20, 16, 16, 19, 15, 16, 17, 18] }),
    one('s2', 'hallo.example.org:7443', { rtt: 840, rtts: [120, 90, 410, 300, 620, 880, 840] }),
    one('s3', 'old.example.com:7443', {
      state: 'down',
      rtt: -1,
      since: ago(now, 0, 9, 12),
      retryAt: new Date(now.getTime() + 12_000).toISOString(),
      error: { code: 'server-down', message: '', params: { address: 'old.example.com:7443' } },
    }),
    one('s4', 'new.example.com:7443', { state: 'connecting', rtt: -1 }),
    one('s5', '192.168.1.20:7443', { mine: true, rtt: 1 }),
    one('s6', 'can.duarte.example:7443', { guest: true, rtt: 31 }),
  ];
}

export type Scene = (now: Date) => { options: FakeOptions; open?: string; prepare?: (backend: FakeBackend) => void };

export function withAna(now: Date, change: Partial<Conversation>, talk = anaTalk(now)): FakeOptions {
  const state = mainState(now);
  state.conversations = state.conversations.map((row) => (row.id === 'ana' ? { ...row, ...change } : row));
  return {
    state,
    messages: { ana: talk, jonas: longTalk(now, 400), ole: [], priya: [], li: [], tomas: [] },
    invites: [invite(now)],
    bans: bans(now),
    previews: {
      'tincan:invite/1#noor': {
        peerId: 'tc1noor',
        name: 'Noor Haddad',
        color: 6,
        servers: ['lines.example.net:7443'],
        expires: ago(now, -6, 9, 0),
        safetyNumber: '30921 77450 18263 99014 52380 64197 08351 46720 91538 27046 63819 05274',
      },
    },
  };
}

function empty(now: Date): FakeOptions {
  const options = withAna(now, {});
  return {
    ...options,
    state: { ...options.state, conversations: [], requests: [], network: network(now, { lines: 0 }) },
    invites: [],
  };
}

const scenes: Record<string, Scene> = {
  ...hostileScenes,
  ...lockScenes,
  ...manageScenes,
  ...mannerScenes,
  ...networkScenes,
  ...handleScenes,
  ...verifyScenes,
  main: (now) => ({ options: withAna(now, { unread: 2, typing: true }), open: 'ana' }),
  none: (now) => ({ options: withAna(now, { unread: 2 }) }),
  lan: (now) => ({ options: withAna(now, { line: { state: 'lan', rtt: 2, host: '' } }), open: 'ana' }),
  ready: (now) => ({ options: withAna(now, { line: { state: 'idle', rtt: -1, host: '' } }), open: 'ana' }),
  connecting: (now) => ({ options: withAna(now, { line: { state: 'connecting', rtt: -1, host: '' } }), open: 'ana' }),
  relay: (now) => ({ options: withAna(now, {}), open: 'jonas' }),
  unread: (now) => {
    const options = withAna(now, {});
    options.state.conversations = options.state.conversations.map((row) =>
      row.id === 'jonas' ? { ...row, unread: 40 } : row,
    );
    return { options, open: 'jonas' };
  },
  waiting: (now) => ({
    options: withAna(now, { presence: 'offline', queued: 2, line: { state: 'waiting', rtt: -1, host: '' } }, [
      say('ana', ago(now, 1, 18, 20), 'Boarding now. Phone off until Porto'),
      say('ana', ago(now, 1, 18, 21), 'Safe trip!', 'read'),
      say('ana', ago(now, 0, 7, 50), 'Landed. See you on the quay', 'received'),
      say('ana', ago(now, 0, 7, 56), 'Good', 'delivered'),
      say('ana', ago(now, 0, 10, 40), 'The ferry is at 9, not 10. I checked twice this time', 'queued'),
      say('ana', ago(now, 0, 10, 42), 'Tell me when you land', 'queued'),
    ]),
    open: 'ana',
  }),
  offline: (now) => {
    const options = withAna(now, { presence: 'unknown', line: { state: 'no-network', rtt: -1, host: '' } });
    options.state.network = network(now, { online: false, lines: 0 });
    return { options, open: 'ana' };
  },
  away: (now) => {
    const options = withAna(now, {});
    const [server] = options.state.network.servers;
    if (server) options.state.network.servers = [{ ...server, state: 'down', rtt: -1 }];
    return { options, open: 'ana' };
  },
  banned: (now) => ({
    options: withAna(now, { contact: 'banned', presence: 'unknown', line: { state: 'banned', rtt: -1, host: '' } }),
    open: 'ana',
  }),
  asked: (now) => ({
    options: withAna(
      now,
      { contact: 'asked', presence: 'unknown', queued: 1, line: { state: 'idle', rtt: -1, host: '' } },
      [say('ana', ago(now, 0, 10, 42), 'Hi Ana, it is Mira from the quay. Look at https://example.org', 'queued')],
    ),
    open: 'ana',
  }),
  long: (now) => ({
    options: withAna(now, {}, [
      ...anaTalk(now).slice(0, 3),
      say(
        'ana',
        ago(now, 0, 10, 30),
        `A long one. ${'The harbour master keeps a list of every boat that leaves. '.repeat(12)}`,
      ),
      say('ana', ago(now, 0, 10, 31), `averylongwordwithoutanyspace${'andmore'.repeat(30)}`, 'delivered'),
    ]),
    open: 'ana',
  }),
  answers: (now) => ({ options: withAna(now, {}, answeredTalk(now)), open: 'ana' }),
  formats: (now) => ({
    options: withAna(now, { preview: '这是**重点**：先看 `README`，再说。' }, formattedTalk(now)),
    open: 'ana',
  }),
  deleted: (now) => ({ options: withAna(now, {}, deletedTalk(now)), open: 'ana' }),
  late: (now) => ({ options: withAna(now, {}, lateTalk(now)), open: 'ana' }),
  many: (now) => {
    const options = withAna(now, {});
    return { options: { ...options, messages: { ...options.messages, jonas: longTalk(now, 100_000) } }, open: 'jonas' };
  },
  empty: (now) => ({ options: empty(now), prepare: () => undefined }),
  invited: (now) => ({ options: { ...empty(now), invites: [invite(now)] } }),
  found: (now) => ({ options: ferryTalk(now), open: 'ana' }),
  indexing: (now) => ({
    options: ferryTalk(now),
    open: 'ana',
    prepare: (backend) => {
      const { search } = backend;
      backend.search = async (...asked) => ({ ...(await search(...asked)), waiting: 12_431 });
    },
  }),
  problem: (now) => {
    const options = withAna(now, {});
    options.state.problem = { code: 'disk-full', message: 'The disk is full.', params: {} };
    return { options, open: 'ana' };
  },
  clock: (now) => {
    const options = withAna(now, {});
    options.state.problem = { code: 'clock-wrong', message: 'The clock is wrong.', params: { minutes: '1440' } };
    return { options, open: 'ana' };
  },
  loading: (now) => ({
    options: withAna(now, {}),
    open: 'ana',
    prepare: (backend) => {
      backend.open = () => new Promise(() => undefined);
    },
  }),
  failed: (now) => ({ options: withAna(now, {}), prepare: (backend) => backend.refuse('start', 'internal') }),
  requests: (now) => ({ options: withAna(now, {}) }),
  settings: (now) => {
    const options = withAna(now, {});
    options.state.profile.peerId = `tc1${'m9fhtk7q4wx2'.repeat(5).slice(0, 56)}`;
    options.state.network = network(now, { servers: servers(now), hostAddress: '192.168.1.20:7443' });
    return { options };
  },
  alone: (now) => {
    const options = withAna(now, {});
    const params = { first: '7443', last: '7453' };
    options.state.network = network(now, { servers: [], hostError: { code: 'host-port', message: '', params } });
    return { options: { ...options, bans: [] } };
  },
  first: (now) => {
    const options = empty(now);
    return { options: { ...options, state: { ...options.state, firstRun: true } } };
  },
};

/** A history that speaks of the ferry, as in the drawing of the search. */
function ferryTalk(now: Date): FakeOptions {
  const options = withAna(now, {});
  const [ana] = options.state.conversations;
  if (ana) {
    const line = { state: 'idle', rtt: -1, host: '' } as const;
    const row = {
      ...ana,
      id: 'ferry',
      peerId: 'tc1ferry',
      name: 'Ferry Vos',
      color: 1,
      line,
      presence: 'offline',
    } as const;
    options.state.conversations.push({ ...row, preview: 'See you', lastTime: ago(now, 4, 18, 0), unread: 0 });
  }
  const old = [
    say('ole', ago(now, 19, 9, 0), 'In my day the ferry ran on herring and bad temper'),
    say('ole', ago(now, 18, 9, 0), 'You were never on it', 'read'),
  ];
  const long = 'The harbour master wrote back at last, and it took him two pages to say that the winter ';
  const more = [
    say(
      'li',
      ago(now, 33, 9, 0),
      `${long}ferry goes on Fridays and Sundays only, unless there is ice; then nobody knows, he says.`,
    ),
    say('li', ago(now, 1, 20, 0), '周日晚上没有渡轮，我们划船还是住在那里？ No ferry'),
  ];
  return { ...options, messages: { ...options.messages, ole: old, li: more } };
}

/** What scenes there are. */
export const sceneNames: readonly string[] = Object.keys(scenes).sort();

/** The backend of a scene, `main` when there is none by that name. It is on the window, so that a person can play with it. */
export function sceneBackend(name: string): FakeBackend {
  const parameters = new URLSearchParams(location.search);
  const now = new Date();
  const scene = (scenes[name] ?? scenes.main)?.(now);
  if (!scene) throw new Error('there is no scene');
  const theme = parameters.get('theme');
  if (theme === 'light' || theme === 'dark') scene.options.state.settings.theme = theme;
  scene.options.state.settings.language = parameters.get('lang') ?? 'system';
  const made = new FakeBackend(scene.options);
  scene.prepare?.(made);
  if (scene.open) {
    const open = scene.open;
    const { start } = made;
    // As soon as the window has its state: before, nobody would hear of it.
    made.start = async () => {
      const state = await start();
      made.start = start;
      setTimeout(() => made.emit({ openConversation: open }), 100);
      return state;
    };
  }
  Object.assign(window, { fake: made, sceneNames });
  return made;
}
