import { orderKey } from './fake-log';
import type { Conversation, Invite, Message, Network, Request } from './types';

// Who and what the scenes show.

export const me = 'tc1mira';

export function ago(now: Date, days: number, hours: number, minutes: number): string {
  const time = new Date(now);
  time.setDate(time.getDate() - days);
  time.setHours(hours, minutes, 0, 0);
  return time.toISOString();
}

function person(
  id: string,
  name: string,
  color: number,
  lastTime: string,
  rest: Partial<Conversation> = {},
): Conversation {
  return {
    id,
    peerId: `tc1${id}`,
    name,
    color,
    contact: 'mutual',
    presence: 'online',
    line: { state: 'idle', rtt: -1, host: '' },
    typing: false,
    preview: '',
    previewMine: false,
    previewState: 'received',
    lastTime,
    unread: 0,
    queued: 0,
    draft: '',
    since: lastTime,
    invite: '',
    verified: { trust: 'none', method: '', since: '' },
    ...rest,
  };
}

export function say(conversation: string, time: string, text: string, state: Message['state'] = 'received'): Message {
  const mine = state !== 'received';
  return {
    id: `${conversation}-${time}-${text.length}`,
    conversation,
    order: orderKey(Date.parse(time), text.length),
    mine,
    author: mine ? me : `tc1${conversation}`,
    text,
    time,
    state,
  };
}

export function network(now: Date, change: Partial<Network> = {}): Network {
  return {
    online: true,
    servers: [
      {
        id: 'server-key',
        address: 'lines.example.net:7443',
        mine: false,
        guest: false,
        state: 'online',
        rtt: 23,
        since: ago(now, 0, 8, 0),
        retryAt: '',
      },
    ],
    lines: 6,
    hostAddress: '',
    ...change,
  };
}

export function invite(now: Date): Invite {
  const modules: string[] = [];
  for (let y = 0; y < 45; y++) {
    for (let x = 0; x < 45; x++) {
      const finder = [
        [0, 0],
        [38, 0],
        [0, 38],
      ].some(([fx = 0, fy = 0]) => x >= fx && x < fx + 7 && y >= fy && y < fy + 7);
      const ring = [
        [0, 0],
        [38, 0],
        [0, 38],
      ].some(([fx = 0, fy = 0]) => {
        const distance = Math.max(Math.abs(x - fx - 3), Math.abs(y - fy - 3));
        return distance === 3 || distance <= 1;
      });
      if (finder ? ring : (x * 7 + y * 13 + ((x * y) % 5)) % 3 === 0) modules.push(`M${x} ${y}h1v1h-1z`);
    }
  }
  return {
    id: 'invite-1',
    label: 'For Noor',
    link: `tincan:invite/1#${'k7q4wx2m9fht'.repeat(30)}`,
    short: 'tincan:invite/1#k7q4-wx2m-9fht…',
    qr: modules.join(''),
    qrSize: 45,
    created: ago(now, 0, 9, 0),
    expires: ago(now, -7, 9, 0),
    uses: 1,
    used: 0,
    people: [],
    active: true,
  };
}

export function requests(now: Date): Request[] {
  return [
    {
      id: 'request-1',
      peerId: 'tc1noor',
      name: 'Noor Haddad',
      color: 6,
      text: 'Hi Mira, it is Noor from the kayak club. Elif gave me your invite.',
      time: ago(now, 0, 9, 12),
      inviteLabel: 'Kayak club',
      inviteMade: ago(now, 3, 18, 0),
      safetyNumber: '30921 77450 18263 99014 52380 64197 08351 46720 91538 27046 63819 05274',
    },
    {
      id: 'request-2',
      peerId: 'tc1sam',
      name: 'Sam',
      color: 4,
      text: 'hello from the workshop',
      time: ago(now, 1, 16, 40),
      inviteLabel: '',
      inviteMade: ago(now, 2, 10, 0),
      safetyNumber: '11840 90275 36641 05382 77193 48206 59317 20468 83951 16740 42085 93627',
    },
  ];
}

export function rows(now: Date): Conversation[] {
  return [
    person('ana', 'Ana Duarte', 5, ago(now, 0, 10, 42), {
      preview: 'The ferry leaves at 9 then. I’ll bring the thermos',
      line: { state: 'direct', rtt: 8, host: '' },
      since: ago(now, 262, 18, 4),
      invite: 'For Ana',
    }),
    person('jonas', 'Jonas Weber', 2, ago(now, 0, 10, 18), {
      preview: 'I can rescan it tonight',
      unread: 1,
      line: { state: 'relayed', rtt: 64, host: 'lines.example.net' },
    }),
    person('priya', 'Priya Raman', 7, ago(now, 0, 9, 55), {
      preview: 'See you there',
      draft: 'did you see the second page?',
      presence: 'offline',
    }),
    person('ole', 'Grandpa Ole', 3, ago(now, 3, 17, 2), {
      preview: 'The boat is dry again',
      previewMine: true,
      previewState: 'queued',
      queued: 2,
      presence: 'offline',
      line: { state: 'waiting', rtt: -1, host: '' },
    }),
    person('li', '李小梅', 4, ago(now, 5, 20, 10), { preview: '周六的灯塔还去吗？', unread: 3, presence: 'offline' }),
    person('tomas', 'Tomás Reyes', 6, ago(now, 9, 11, 0), {
      preview: 'Happy birthday!',
      previewMine: true,
      previewState: 'read',
      presence: 'offline',
    }),
  ];
}

export function anaTalk(now: Date): Message[] {
  return [
    say('ana', ago(now, 1, 18, 20), 'Boarding now. Phone off until Porto'),
    say('ana', ago(now, 1, 18, 21), 'Safe trip!', 'read'),
    say('ana', ago(now, 0, 8, 12), 'Good morning from the quay!'),
    say('ana', ago(now, 0, 10, 31), 'Morning! Still on for the lighthouse on Saturday?', 'read'),
    say('ana', ago(now, 0, 10, 33), 'Look who is already out there'),
    say('ana', ago(now, 0, 10, 35), 'Is that Ole’s boat? He said he sold it!', 'read'),
    say('ana', ago(now, 0, 10, 41), 'He “sold” it to my uncle. For one jar of honey.'),
    say('ana', ago(now, 0, 10, 42), 'The ferry leaves at 9 then. I’ll bring the thermos'),
  ];
}

export function longTalk(now: Date, count: number): Message[] {
  const lines = [
    'The tide script works now.',
    'You were right about the offset. I moved the whole table by twelve minutes and the harbour agrees with it again.',
    'Yes',
    'Write-up is here: https://tides.example.org/notes and the old one at http://tides.example.org/1974.',
    '明天早上八点在码头见，带上保温瓶。',
    'Careful with the 1974 log, page 12 is upside down.\nI can rescan it tonight.',
  ];
  const list: Message[] = [];
  const begin = now.getTime() - count * 240_000;
  for (let index = 0; index < count; index++) {
    const time = new Date(begin + index * 240_000 - (index % 7) * 20_000).toISOString();
    const mine = index % 5 === 2 || index % 11 === 3;
    const text = `${lines[index % lines.length] ?? ''}${index % 9 === 0 ? ` (${index})` : ''}`;
    list.push({
      id: `jonas-${index}`,
      conversation: 'jonas',
      order: orderKey(begin + index * 240_000, index),
      mine,
      author: mine ? me : 'tc1jonas',
      text,
      time,
      state: mine ? 'read' : 'received',
    });
  }
  return list;
}
