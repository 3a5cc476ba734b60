import type { Message, SearchPage } from './types';

const pageSize = 50;

/** The newest messages that contain every word as it is written, upper and lower case alike. */
export function fakeSearch(messages: Message[], text: string, before: string): SearchPage {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  const found = messages
    .filter((message) => before === '' || message.order < before)
    .filter((message) => words.length > 0 && words.every((word) => message.text.toLowerCase().includes(word)))
    .sort((one, other) => (one.order < other.order ? 1 : -1));
  const hits = found.slice(0, pageSize).map(({ id, conversation, order, mine, author, time, text: snippet }) => {
    const places = words
      .map((word) => {
        const start = snippet.toLowerCase().indexOf(word);
        return { start, end: start + word.length };
      })
      .sort((one, other) => one.start - other.start);
    const matches = places.filter((place, index) => index === 0 || place.start >= (places[index - 1]?.end ?? 0));
    return { id, conversation, order, mine, author, time, snippet, matches };
  });
  return {
    hits,
    before: found.length > pageSize ? (hits.at(-1)?.order ?? '') : '',
    waiting: 0,
    meant: hits.length === 0 ? meantBy(messages, words) : '',
  };
}

/** A word of the messages that has one letter more than the only one that was typed. */
function meantBy(messages: Message[], [typed = '', ...others]: string[]): string {
  const all = others.length > 0 ? [] : messages.flatMap(({ text }) => text.toLowerCase().split(/[^a-z]+/));
  const leftOut = (word: string) => Array.from(word, (_, at) => word.slice(0, at) + word.slice(at + 1));
  return all.find((word) => leftOut(word).includes(typed)) ?? '';
}
