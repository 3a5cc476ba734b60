import { fakeReply } from './fake-changes';
import { ago, anaTalk, me, say } from './scene-data';
import type { Message, Reaction } from './types';

// What was done with messages, for the scenes.

function reaction(emoji: string, ...authors: string[]): Reaction {
  return { emoji, count: authors.length, mine: authors.includes(me), authors };
}

function answering(message: Message, answered: Message): Message {
  return { ...message, reply: fakeReply(answered) };
}

/** Quotes of every kind, reactions, a text that was edited, and both times. */
export function answeredTalk(now: Date): Message[] {
  const [, , morning, still, boat, sold, honey, ferry] = anaTalk(now) as [
    Message,
    Message,
    Message,
    Message,
    Message,
    Message,
    Message,
    Message,
  ];
  const list = say('ana', ago(now, 0, 10, 44), 'Thermos, blanket, the big torch. Anything else?', 'delivered');
  return [
    { ...morning, reactions: [reaction('☀️', me)] },
    still,
    { ...boat, reactions: [reaction('❤️', me), reaction('⛵', 'tc1ana')] },
    { ...answering(sold, boat), edited: ago(now, 0, 10, 36) },
    {
      ...answering(honey, sold),
      reactions: ['😂', '👍', '🍯', '⛵', '🎉', '🙏', '😮', '🐝'].map((emoji, index) =>
        index % 3 === 0 ? reaction(emoji, 'tc1ana', me) : reaction(emoji, 'tc1ana'),
      ),
    },
    ferry,
    {
      ...say('ana', ago(now, 0, 10, 43), 'Yes, since spring'),
      reply: { id: 'erased', here: false, deleted: false, mine: false, author: '', text: '' },
      claimedTime: ago(now, 1, 22, 10),
      arrivedTime: ago(now, 0, 10, 43),
    },
    { ...answering(list, ferry), reactions: [reaction('👍', 'tc1ana')] },
  ];
}

/** Messages that were taken back on both sides, and one that answers such a message. */
export function deletedTalk(now: Date): Message[] {
  const talk = answeredTalk(now);
  const gone = (message: Message): Message => {
    const { id, conversation, order, mine, author, time, state } = message;
    return { id, conversation, order, mine, author, text: '', time, state, deleted: true };
  };
  return talk.map((message, index) => {
    if (index === 2) return gone(message);
    if (index === 3 && talk[2]) return answering(message, gone(talk[2]));
    return index === 5 || index === 7 ? gone(message) : message;
  });
}

/** A clock that is ahead, and messages that were long on their way. */
export function lateTalk(now: Date): Message[] {
  return [
    ...anaTalk(now).slice(0, 3),
    {
      ...say('ana', ago(now, 0, 7, 2), 'No signal past the second lighthouse'),
      order: anaTalk(now)[2]?.order ?? '',
      claimedTime: ago(now, 0, 7, 2),
      arrivedTime: ago(now, 0, 9, 40),
    },
    {
      ...say('ana', ago(now, 0, 9, 41), 'My clock has been odd since the harbour'),
      claimedTime: ago(now, -1, 9, 41),
      arrivedTime: ago(now, 0, 9, 41),
    },
  ].sort((one, other) => (one.time < other.time ? -1 : 1));
}

/** Every format, in messages of both. */
export function formattedTalk(now: Date): Message[] {
  const theirs = (minute: number, text: string) => say('ana', ago(now, 0, 10, minute), text);
  const mine = (minute: number, text: string) => say('ana', ago(now, 0, 10, minute), text, 'read');
  const asked = theirs(
    3,
    'What do we **still** need? I have:\n- the *big* torch\n- two thermoses\n  - tea\n  - the other tea\n- `matches`, dry',
  );
  return [
    asked,
    mine(5, '> the other tea\n\nNever heard of it 🙂'),
    theirs(
      12,
      'In this order:\n1. **Ferry** at 9\n2. Lighthouse\n3. Cake, see https://lines.example.net/cake*1*\n\nIs that fine?',
    ),
    mine(
      14,
      'Fine. The tide table comes from this:\n```go\nfunc tide(at time.Time) float64 {\n\treturn 2.1 * math.Sin(hours(at) / 12.42)\n}\n```',
    ),
    theirs(15, '> > Is that *metres*?\n> Feet, I think\nMetres. And 2*3*4 is 24, **not 14'),
    answering(
      mine(21, '[the map](https://maps.example.org/harbour) and ***everything*** else is on the `fridge`'),
      asked,
    ),
    theirs(22, '这是**重点**：先看 `README`，再说。\n- 第一\n- 第二'),
  ];
}
