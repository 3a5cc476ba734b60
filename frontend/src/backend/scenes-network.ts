import { ago, network } from './scene-data';
import type { Scene } from './scenes';
import { withAna } from './scenes';
import type { Conversation, Line, Server } from './types';

// Scenes of the network view: as it was drawn, and with 1, 3, 40, 200 and 320 people.

const line = (state: Line['state'], rtt = -1, host = ''): Line => ({ state, rtt, host });

const relay = 'lines.example.net';

function server(now: Date, id: string, address: string, rest: Partial<Server> = {}): Server {
  const since = ago(now, 0, 8, 0);
  return { id, address, mine: false, guest: false, state: 'online', rtt: 18, since, retryAt: '', ...rest };
}

function shown(now: Date, people: Conversation[], more: Server[] = []) {
  const options = withAna(now, {});
  const servers = [server(now, 's1', `${relay}:7443`), server(now, 's2', 'can.lind.example:7443', { rtt: 4 }), ...more];
  const lines = people.filter((one) => one.line.rtt >= 0).length;
  return {
    options: {
      ...options,
      state: { ...options.state, conversations: people, network: network(now, { servers, lines }) },
    },
  };
}

/** Somebody like Ana, with another name and line. */
function like(now: Date, id: string, name: string, color: number, rest: Partial<Conversation>): Conversation {
  const [ana] = withAna(now, {}).state.conversations;
  if (!ana) throw new Error('there is no Ana');
  const plain = { ...ana };
  delete plain.handle;
  return { ...plain, id, peerId: `tc1${id}`, name, color, draft: '', unread: 0, queued: 0, ...rest };
}

function drawn(now: Date): Conversation[] {
  return [
    like(now, 'ana', 'Ana Duarte', 5, { line: line('direct', 8) }),
    like(now, 'noor', 'Noor Haddad', 8, { line: line('lan', 2) }),
    like(now, 'priya', 'Priya Raman', 7, { line: line('direct', 21) }),
    like(now, 'elif', 'Elif Aydın', 4, { line: line('direct', 34) }),
    like(now, 'jonas', 'Jonas Weber', 2, { line: line('relayed', 64, relay) }),
    like(now, 'katrin', 'Katrin Holm', 6, { line: line('relayed', 71, relay) }),
    like(now, 'ole', 'Grandpa Ole', 3, { line: line('waiting'), presence: 'offline', queued: 2 }),
  ];
}

/** Every state of a line at once. */
function states(now: Date): Conversation[] {
  return [
    ...drawn(now).slice(0, 2),
    like(now, 'jonas', 'Jonas Weber', 2, { line: line('relayed', 140, '203.0.113.40') }),
    like(now, 'slow', 'Slow Sam', 4, { line: line('direct', 380) }),
    like(now, 'connecting', 'Cora Conn', 1, { line: line('connecting') }),
    like(now, 'ready', 'Rea Dyer', 3, { line: line('idle') }),
    like(now, 'asked', 'Asko Frage', 6, { line: line('idle'), contact: 'asked', presence: 'unknown', queued: 1 }),
    like(now, 'held', 'Hella Back', 7, { line: line('held'), presence: 'offline', queued: 3 }),
    like(now, 'banned', 'kx_promo_44', 8, { line: line('banned'), contact: 'banned', presence: 'unknown' }),
    like(now, 'li', '李小梅', 5, { line: line('waiting'), presence: 'offline' }),
  ];
}

const given = [
  'Ana',
  'Jonas',
  'Priya',
  'Elif',
  'Katrin',
  '小梅',
  'Tomás',
  'Ole',
  'Noor',
  'Ludovica',
  'Bo',
  'Anne-Charlotte',
];
const families = ['Duarte', 'Weber', 'Raman', 'Aydın', 'Holm', 'Reyes', 'Haddad', 'Lind', 'Okonkwo', 'van den Berg'];

function many(now: Date, count: number): Conversation[] {
  return Array.from({ length: count }, (_, index) => {
    const name = `${given[index % given.length]} ${families[(index * 7) % families.length]} ${index}`;
    const near = index < Math.min(24, Math.ceil(count / 3));
    const state =
      index % 9 === 4
        ? line('relayed', 40 + index * 3, relay)
        : line(index % 11 === 2 ? 'lan' : 'direct', 2 + index * 5);
    const away = index % 13 === 5 ? line('idle') : line('waiting');
    return like(now, `p${index}`, name, (index % 8) + 1, {
      line: near ? state : away,
      presence: near || away.state === 'idle' ? 'online' : 'offline',
      queued: !near && index % 10 === 0 ? (index % 4) + 1 : 0,
      lastTime: ago(now, index, 9, index % 60),
    });
  });
}

const place = (people: (now: Date) => Conversation[], more?: (now: Date) => Server[]): Scene => {
  return (now) => ({ ...shown(now, people(now), more?.(now)) });
};

export const networkScenes: Record<string, Scene> = {
  lines: place(drawn),
  'lines-states': place(states, (now) => [
    server(now, 's3', 'old.example.com:7443', {
      ...{ state: 'down', rtt: -1, since: ago(now, 0, 9, 12) },
      error: { code: 'server-down', message: '', params: { address: 'old.example.com:7443' } },
    }),
    server(now, 's4', 'new.example.com:7443', { state: 'connecting', rtt: -1 }),
  ]),
  'lines-0': place(() => []),
  'lines-1': place((now) => drawn(now).slice(0, 1)),
  'lines-3': place((now) => drawn(now).slice(0, 3)),
  'lines-40': place((now) => many(now, 40)),
  'lines-200': place((now) => many(now, 200)),
  'lines-320': place((now) => many(now, 320)),
};
