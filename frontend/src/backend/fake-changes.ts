import type { Message, Reaction, Reply } from './types';

/** What is shown of a message where it is answered. */
export function fakeReply(answered: Message): Reply {
  const { id, mine, author, text } = answered;
  return { id, here: true, deleted: answered.deleted ?? false, mine, author, text: text.slice(0, 200) };
}

/** What is left of a message that was taken back for everyone. */
export function fakeDeleted({ id, conversation, order, mine, author, time, state }: Message): Message {
  return { id, conversation, order, mine, author, text: '', time, state, deleted: true };
}

/** The reactions after an author put an emoji on a message, or took it away. */
export function fakeReactions(held: readonly Reaction[], emoji: string, author: string, me: string, remove: boolean) {
  const reactions = held.map((one) => ({
    ...one,
    authors: one.emoji === emoji ? one.authors.filter((other) => other !== author) : one.authors,
  }));
  const there = reactions.find((one) => one.emoji === emoji);
  if (!remove && there) there.authors.push(author);
  if (!remove && !there) reactions.push({ emoji, count: 1, mine: false, authors: [author] });
  return reactions
    .filter((one) => one.authors.length > 0)
    .map((one) => ({ ...one, count: one.authors.length, mine: one.authors.includes(me) }));
}
