import { ago, network, requests } from './scene-data';
import type { Scene } from './scenes';
import { withAna } from './scenes';
import type { FoundPerson, Server } from './types';

// Scenes of handles: handles (some are mine), unnamed (none yet), handleless (no server has any).

function server(now: Date, id: string, host: string, handles: boolean): Server {
  const one: Server = {
    id,
    address: `${host}:7117`,
    mine: false,
    guest: false,
    state: 'online',
    rtt: 18,
    since: ago(now, 0, 8, 0),
    retryAt: '',
  };
  return handles ? { ...one, handles: host } : one;
}

const people: FoundPerson[] = [
  {
    handle: 'elif@lines.example.net',
    peerId: `tc1${'9fhtk7q4wx2m'.repeat(5).slice(0, 56)}`,
    name: 'elif',
    color: 4,
    safetyNumber: '48213 90077 51264 18263 99014 52380 64197 08351 46720 91538 27046 63819',
  },
  {
    handle: 'ana@lines.example.net',
    peerId: 'tc1ana',
    name: 'ana',
    color: 5,
    safetyNumber: '30921 77450 18263 99014 52380 64197 08351 46720 91538 27046 63819 05274',
  },
];

function withServers(now: Date, ...servers: Server[]) {
  const options = withAna(now, { handle: 'ana@lines.example.net', invite: '' });
  options.state.network = network(now, { servers });
  options.state.profile.peerId = `tc1${'m9fhtk7q4wx2'.repeat(5).slice(0, 56)}`;
  return { ...options, people };
}

export const handleScenes: Record<string, Scene> = {
  handles: (now) => {
    const options = withServers(
      now,
      server(now, 's1', 'lines.example.net', true),
      server(now, 's2', 'a-very-long-name-of-a-server.harbour-and-lighthouse-keepers.example.org', true),
    );
    options.state.profile.handles = [
      { handle: 'mira@lines.example.net', host: 'lines.example.net' },
      { handle: 'mira.lind@old.example.com', host: 'old.example.com', lost: true },
    ];
    options.state.requests = requests(now).map((request, index) => {
      const text = 'Hi Mira, it is Noor from the kayak club. Elif told me your handle.';
      return index === 0 ? { ...request, text, inviteMade: '', inviteLabel: '', stranger: true } : request;
    });
    return { options, open: 'ana' };
  },
  unnamed: (now) => ({ options: withServers(now, server(now, 's1', 'lines.example.net', true)) }),
  handleless: (now) => ({ options: withServers(now, server(now, 's1', 'lines.example.net', false)) }),
};
