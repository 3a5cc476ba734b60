import type { Emoji } from './data';

/** No skin (yellow), then light to dark. */
export const toneNames = ['none', 'light', 'mediumLight', 'medium', 'mediumDark', 'dark'] as const;

const modifiers = ['', '\u{1F3FB}', '\u{1F3FC}', '\u{1F3FD}', '\u{1F3FE}', '\u{1F3FF}'];
const joiner = '\u200D';
const asPicture = '\uFE0F';
const hands = '🤝';
const person = /\p{Emoji_Modifier_Base}/u;

/** An emoji with a skin, where it has one: everybody in it has the same. */
export function inTone({ emoji, toned }: Pick<Emoji, 'emoji' | 'toned'>, tone: number): string {
  const modifier = modifiers[tone] ?? '';
  if (!toned || modifier === '') return emoji;
  const parts = [...emoji];
  const joined = parts.includes(joiner);
  return parts
    .map((part, at) => {
      // A skin says already that it is a picture. The hands between two people have none of their own.
      if (part === asPicture && person.test(parts[at - 1] ?? '')) return '';
      return person.test(part) && !(joined && part === hands) ? part + modifier : part;
    })
    .join('');
}
