import type { Conversation } from '@/backend';

/** The form of the string under the header. */
export type StringForm = 'taut' | 'bead' | 'sagging' | 'cut' | 'none';

/** One row of the design's "The line: every state". */
export interface LineView {
  form: StringForm;
  state:
    | 'lan'
    | 'direct'
    | 'relayed'
    | 'connecting'
    | 'waiting'
    | 'noNetwork'
    | 'ready'
    | 'asked'
    | 'held'
    | 'banned'
    | 'forgotten';
  /** Rounded milliseconds, undefined when unknown or of no meaning. */
  delay: number | undefined;
}

/** 1 ms steps under 100 and 10 ms above, so that the number does not flicker. */
export function roundedDelay(milliseconds: number): number {
  return milliseconds < 100 ? Math.round(milliseconds) : Math.round(milliseconds / 10) * 10;
}

/** What stands under a name: whether they are there, or what is known instead. */
export function presenceWords({ contact, following, next, presence, retired }: Conversation) {
  if (contact === 'banned') return contact;
  if (next) return 'moved';
  if (following) return 'following';
  if (contact !== 'mutual') return contact;
  return retired ? 'retired' : presence;
}

/** How the line of a conversation looks and what it says. */
export function lineView(conversation: Conversation): LineView {
  const { line, contact } = conversation;
  if (contact === 'forgotten') return { form: 'none', state: 'forgotten', delay: undefined };
  const delay = line.rtt >= 0 ? roundedDelay(line.rtt) : undefined;
  if (contact === 'banned' || line.state === 'banned') return { form: 'none', state: 'banned', delay: undefined };
  if (line.state === 'held') return { form: 'cut', state: 'held', delay: undefined };
  if (line.state === 'no-network') return { form: 'sagging', state: 'noNetwork', delay: undefined };
  if (contact === 'asked' && !conversation.following) return { form: 'sagging', state: 'asked', delay: undefined };
  switch (line.state) {
    case 'lan':
    case 'direct':
      return { form: 'taut', state: line.state, delay };
    case 'relayed':
      return { form: 'bead', state: 'relayed', delay };
    case 'connecting':
      return { form: 'sagging', state: 'connecting', delay: undefined };
    case 'waiting':
      return { form: 'sagging', state: 'waiting', delay: undefined };
    case 'idle':
      return conversation.presence === 'online'
        ? { form: 'sagging', state: 'ready', delay: undefined }
        : { form: 'sagging', state: 'waiting', delay: undefined };
  }
}
