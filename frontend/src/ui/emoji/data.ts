import groups from 'virtual:emoji';

/** The groups in the order of the data. */
export const groupNames = ['faces', 'people', 'nature', 'food', 'travel', 'sport', 'things', 'signs', 'flags'] as const;
export type GroupName = (typeof groupNames)[number];

export interface Emoji {
  /** Without a skin: what it is known by. */
  emoji: string;
  group: GroupName;
  english: Naming;
  chinese: Naming;
  /** What is typed between colons elsewhere. */
  codes: readonly string[];
  /** Of Unicode's emoji; 0 where every font has it. */
  version: number;
  /** There is one for each skin. */
  toned: boolean;
}

export interface Naming {
  name: string;
  /** What else it is found by. */
  words: readonly string[];
}

const split = (text: string) => (text === '' ? [] : text.split('|'));

/** Every emoji that there is, in the usual order. */
export const allEmoji: readonly Emoji[] = groups.flatMap((rows, at) =>
  rows.map(([emoji, english, englishWords, chinese, chineseWords, codes, version, toned]) => ({
    emoji,
    group: groupNames[at] ?? 'signs',
    english: { name: english, words: split(englishWords) },
    chinese: { name: chinese, words: split(chineseWords) },
    codes: split(codes),
    version,
    toned: toned === 1,
  })),
);

const known = new Map(allEmoji.map((one) => [one.emoji, one]));

/** The emoji of a text of the settings that exist here, each once. */
export function fromText(text: string): Emoji[] {
  return [...new Set(text.split(' '))].flatMap((one) => known.get(one) ?? []);
}

/** So many used last are kept: three rows. */
export const recentMost = 24;

/** The emoji used last, after one more was used. */
export function withRecent(text: string, emoji: string): string {
  const before = fromText(text).map((one) => one.emoji);
  return [emoji, ...before.filter((one) => one !== emoji)].slice(0, recentMost).join(' ');
}
