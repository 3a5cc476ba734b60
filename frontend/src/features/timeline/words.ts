import type { Conversation, Message, Reaction } from '@/backend';
import { clockTime, i18n, list, timeBeside } from '@/i18n';
import { quoteMost } from '@/model';
import { plainText } from '@/ui';

/** Who speaks in a conversation besides me. */
export interface Speaker {
  peerId: string;
  name: string;
  shortName: string;
  color: number;
}

export function speakerOf(
  { peerId, name, color }: Pick<Conversation, 'peerId' | 'name' | 'color'>,
  shortName: string,
): Speaker {
  return { peerId, name, shortName, color };
}

/** When a message was written; with both times where the clock of its author, or its way, makes them differ. */
export function timeWords(message: Message): string {
  const { time, claimedTime, arrivedTime } = message;
  if (!claimedTime || !arrivedTime) return clockTime(time);
  const times = { written: timeBeside(claimedTime, time), arrived: timeBeside(arrivedTime, time) };
  return claimedTime > arrivedTime ? i18n.t('message.ahead', times) : i18n.t('message.written', times);
}

/** "Edited 10:50", '' for a message that never was. */
export function editedWords(message: Message): string {
  return message.edited ? i18n.t('message.editedAt', { time: timeBeside(message.edited, message.time) }) : '';
}

/** What stands in place of a text that was taken back. */
export function deletedWords(message: Message, speaker: Speaker): string {
  return message.mine ? i18n.t('message.deletedByYou') : i18n.t('message.deletedBy', { name: speaker.shortName });
}

/** "2026-11-21 10:42" in the local time, in every language: what was copied is read on another day, and elsewhere. */
function stamp(time: string): string {
  const date = new Date(time);
  const two = (value: number) => String(value).padStart(2, '0');
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())} ${two(date.getHours())}:${two(date.getMinutes())}`;
}

/** A message as it is copied together with others: when, who, and what was written. */
export function copyWords(message: Message, speaker: Speaker, me: string): string {
  const text = message.deleted ? deletedWords(message, speaker) : message.text;
  return `[${stamp(message.time)}] ${message.mine ? me : speaker.name}: ${text}`;
}

/** Who wrote what is quoted; '' when nothing is known of it. */
export function quoteAuthor(message: Message, speaker: Speaker): string {
  const { reply } = message;
  if (!reply?.here) return '';
  if (reply.mine) return i18n.t('message.me');
  return reply.author === speaker.peerId ? speaker.name : i18n.t('message.somebody');
}

/** What a quote says. */
export function quoteWords(message: Message): string {
  const { reply } = message;
  if (!reply?.here) return i18n.t('message.quoteGone');
  return reply.deleted ? i18n.t('message.quoteDeleted') : plainText(reply.text, [...reply.text].length >= quoteMost);
}

/** "❤️ 2: You and Ana Duarte" */
export function reactionWords({ emoji, count, mine, authors }: Reaction, speaker: Speaker): string {
  const theirs = authors.length - (mine ? 1 : 0);
  const names: string[] = mine ? [i18n.t('message.me')] : [];
  if (theirs > 0) names.push(authors.includes(speaker.peerId) ? speaker.name : i18n.t('message.somebody'));
  return i18n.t('message.reaction', { emoji, count, names: list(names) });
}

/** All that a message says, in the order in which it is heard. */
export function messageWords(message: Message, speaker: Speaker): string {
  const separator = i18n.t('message.separator');
  const said: string[] = [];
  if (message.reply) {
    const name = quoteAuthor(message, speaker);
    said.push(
      name ? i18n.t('message.quoteLabel', { name, text: quoteWords(message) }) : i18n.t('message.quoteGoneLabel'),
    );
  }
  said.push(message.deleted ? deletedWords(message, speaker) : plainText(message.text));
  if (message.edited) said.push(editedWords(message));
  const values = {
    author: message.mine ? i18n.t('timeline.you') : speaker.name,
    time: timeWords(message),
    text: said.join(separator),
  };
  const words =
    message.state === 'received' || message.deleted
      ? i18n.t('timeline.message', values)
      : i18n.t('timeline.messageState', { ...values, state: i18n.t(`timeline.state.${message.state}`) });
  return [words, ...(message.reactions ?? []).map((reaction) => reactionWords(reaction, speaker))].join(separator);
}
