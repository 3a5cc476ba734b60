import { ago, anaTalk, say } from './scene-data';
import type { Scene } from './scenes';
import { withAna } from './scenes';
import type { Message, Notice } from './types';

// Scenes of what people agree on and are told: vanish, profile, noticed, copied.

/** A picture that needs no file: hills, a sun and water. */
function drawing(sky: string, hill: string): string {
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 64 64"><path fill="${sky}" d="M0 0h64v64H0z"/><circle cx="44" cy="22" r="8" fill="#fff4c2"/><path fill="${hill}" d="M0 42 18 22l14 14 10-8 22 16v20H0z"/><path fill="#2b5876" d="M0 50h64v14H0z"/></svg>`;
  return `data:image/svg+xml;base64,${btoa(svg)}`;
}

const pictures = {
  '': drawing('#f3b27a', '#5b6b4a'),
  ana: drawing('#8fb8d6', '#3d5a4c'),
  jonas: drawing('#d9a5b3', '#54456b'),
};

function notice(code: string): Notice {
  return { id: code, code, message: '', params: { name: 'Ana Duarte', count: '12' } };
}

function shown(now: Date, change: Parameters<typeof withAna>[1], talk: Message[] = anaTalk(now)) {
  const options = withAna(
    now,
    { picture: 'a', about: 'Out on the water until Sunday, back for the ferry', ...change },
    talk,
  );
  options.state.conversations = options.state.conversations.map((row) =>
    row.id === 'jonas' ? { ...row, picture: 'j' } : row,
  );
  options.state.profile = { ...options.state.profile, picture: 'm', about: 'Harbour, maps, thermos' };
  return { ...options, pictures };
}

function vanishing(now: Date): Message[] {
  const at = (seconds: number) => new Date(now.getTime() + seconds * 1000).toISOString();
  return [
    ...anaTalk(now).slice(3, 6),
    { ...say('ana', ago(now, 0, 10, 36), 'From here on it does not stay', 'read'), timer: 3600, expires: at(2510) },
    { ...say('ana', ago(now, 0, 10, 37), 'Good. The code of the gate is 4711'), timer: 604_800, expires: at(500_000) },
    { ...say('ana', ago(now, 0, 10, 38), 'Noted', 'delivered'), timer: 300, expires: at(34) },
    { ...say('ana', ago(now, 0, 10, 42), 'And the key is under the boat', 'queued'), timer: 300 },
  ];
}

export const mannerScenes: Record<string, Scene> = {
  vanish: (now) => ({
    options: shown(now, { timer: 300, timerSince: ago(now, 0, 10, 38) }, vanishing(now)),
    open: 'ana',
  }),
  pictures: (now) => ({ options: shown(now, {}), open: 'ana' }),
  noticed: (now) => ({ options: shown(now, { notice: notice('copies') }), open: 'ana' }),
  forked: (now) => ({ options: shown(now, { notice: notice('fork-own') }), open: 'ana' }),
  gap: (now) => ({ options: shown(now, { notice: notice('gap') }), open: 'ana' }),
  flooded: (now) => ({
    options: shown(now, { muted: ago(now, 0, 10, 40), notice: { ...notice('flood'), id: '' } }),
    open: 'ana',
  }),
  damaged: (now) => {
    const options = shown(now, {});
    options.state.problem = { code: 'database-damaged', message: '', params: {} };
    return { options, open: 'ana' };
  },
  salvaged: (now) => {
    const options = shown(now, {});
    const params = { what: 'short', entries: '12431', all: '12480', file: 'tincan-damaged-20261121-104500.db' };
    options.state.notice = { id: 'salvaged', code: 'salvaged', message: '', params };
    return { options, open: 'ana' };
  },
  copied: (now) => {
    const options = shown(now, {});
    options.state.notice = notice('copied');
    return { options, open: 'ana' };
  },
};
