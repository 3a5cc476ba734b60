import { hostileTexts } from './samples-hostile';
import { ago, say } from './scene-data';
import { type Scene, withAna } from './scenes';
import type { Conversation, Message } from './types';

// What nobody in their right mind sends: the layout bears it, and nothing of it runs.

const zalgo = [...'Zalgo'].map((letter) => letter + '\u0300\u0321\u0334\u0489\u036f'.repeat(8)).join('');

/** Names as nothing cleaned them: the program cuts them to 64 characters and takes away what is not seen. */
const names: Record<string, string> = {
  ana: 'Maximiliane '.repeat(84).slice(0, 1000),
  jonas: 'W'.repeat(1000),
  priya: '👩‍👩‍👧‍👦🏴‍☠️🧑🏿‍🚀'.repeat(40),
  ole: `\u202e${'gnp.elO'.repeat(30)}\u2067\u2066`,
  li: zalgo.repeat(6),
  tomas: '<img src=x onerror=run()><script>run()</script>',
  blank: '\u2800\u3164',
};

const century = (year: number) => new Date(Date.UTC(year, 2, 18, 12)).toISOString();

/** As much as one message carries: what is sent is 32 KiB at most. */
const word = 'w'.repeat(30 * 1024);

const talks: Record<string, (now: Date) => Message[]> = {
  hostile: (now) => [
    say('ana', century(1901), 'From another century'),
    say('ana', ago(now, 0, 9, 1), '\u202e<b onclick=run()>bold</b> <script>run()</script> [x](javascript:run())'),
    say('ana', ago(now, 0, 9, 2), zalgo.repeat(20), 'read'),
    say('ana', ago(now, 0, 9, 3), '👩‍👩‍👧‍👦'.repeat(300)),
    say('ana', ago(now, 0, 9, 4), `| ${'cell | '.repeat(400)}`, 'queued'),
    say('ana', ago(now, 0, 9, 5), `https://${'w'.repeat(500)}.example/${'w'.repeat(1500)}`),
    say('ana', ago(now, 0, 9, 6), '\u0000\ufffd'.repeat(10)),
    say('ana', century(2199), 'And from one that comes', 'delivered'),
  ],
  'hostile-word': (now) => [say('ana', ago(now, 0, 9, 0), 'Before'), say('ana', ago(now, 0, 9, 1), word)],
  'hostile-lines': (now) => [
    say('ana', ago(now, 0, 9, 0), 'Before'),
    say('ana', ago(now, 0, 9, 1), 'line\n'.repeat(5000), 'delivered'),
  ],
  'hostile-markup': (now) => hostileTexts.map((text, at) => say('ana', ago(now, 0, 9, at % 60), text)),
};

function hostile(talk: (now: Date) => Message[]): Scene {
  return (now) => {
    const line: Partial<Conversation> = {
      about: word.slice(0, 600),
      picture: 'undecodable',
      typing: true,
      unread: 2_000_000_000,
    };
    const { state, ...options } = withAna(now, line, talk(now));
    const [first] = state.conversations;
    if (first) state.conversations.push({ ...first, id: 'blank', peerId: 'tc1blank', picture: '', typing: false });
    state.conversations = state.conversations.map((row) => ({
      ...row,
      name: names[row.id] ?? row.id,
      preview: row.id === 'jonas' ? word : `\u202e${row.preview}`,
      picture: row.id === 'ana' || row.id === 'jonas' ? row.id : '',
      lastTime: row.id === 'li' ? century(2199) : row.id === 'ole' ? century(1901) : row.lastTime,
    }));
    state.requests = state.requests.map((request, at) => ({
      ...request,
      name: (at === 0 ? names.li : names.jonas) ?? '',
      text: at === 0 ? word.slice(0, 1000) : 'line\n'.repeat(500),
      time: century(1901),
      inviteLabel: word.slice(0, 300),
    }));
    state.profile = { ...state.profile, name: names.jonas ?? '', about: word.slice(0, 600), picture: 'mine' };
    return {
      options: {
        ...options,
        state,
        // Nothing that can be decoded, and nothing at all.
        pictures: { ana: 'data:image/png;base64,AAAA', jonas: 'data:image/jpeg;base64,', '': 'data:image/png;base64,' },
      },
      open: 'ana',
    };
  };
}

export const hostileScenes: Record<string, Scene> = Object.fromEntries(
  Object.entries(talks).map(([name, talk]) => [name, hostile(talk)]),
);
