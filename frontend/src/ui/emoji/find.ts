import type { Emoji, Naming } from './data';

/** So many are shown; who looks for more writes another letter. */
const most = 160;

/** How well a word fits a text: 0 not at all; a beginning is better than a middle. */
function rate(text: string, word: string): number {
  if (text === word) return 5;
  if (text.startsWith(word)) return 4;
  const at = text.indexOf(word);
  if (at < 0) return 0;
  return /[\s:\-_(“]/.test(text[at - 1] ?? '') ? 3 : 1;
}

const best = (texts: readonly string[], word: string) =>
  texts.reduce((sum, text) => Math.max(sum, rate(text.toLowerCase(), word)), 0);

/** A name counts more than what else it is found by. */
const inNaming = ({ name, words }: Naming, word: string) =>
  Math.max(2 * rate(name.toLowerCase(), word), best(words, word));

function worth(one: Emoji, word: string): number {
  // Codes of some are names of others: "cat" is a cat's face.
  return Math.max(inNaming(one.english, word), inNaming(one.chinese, word), 1.9 * best(one.codes, word));
}

/** The emoji that each word of a query fits, in either language or as a :code:, the best first. */
export function findEmoji(all: readonly Emoji[], query: string): Emoji[] {
  const words = query.toLowerCase().replaceAll(':', ' ').trim().split(/\s+/);
  return all
    .map((one) => {
      const each = words.map((word) => worth(one, word));
      return { one, value: each.includes(0) ? 0 : each.reduce((sum, value) => sum + value, 0) };
    })
    .filter(({ value }) => value > 0)
    .sort((a, b) => b.value - a.value)
    .slice(0, most)
    .map(({ one }) => one);
}
