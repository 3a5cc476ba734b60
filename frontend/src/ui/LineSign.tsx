import { Ban, Hourglass, ShieldAlert, UserX, WifiOff } from 'lucide-react';
import { LineGlyph } from './LineGlyph';
import { Spinner } from './Spinner';

export type LineSignState =
  | 'lan'
  | 'direct'
  | 'relayed'
  | 'connecting'
  | 'waiting'
  | 'noNetwork'
  | 'ready'
  | 'asked'
  | 'held'
  | 'forgotten'
  | 'banned';

/** The sign of a line beside its words, one for each row of the design's "The line: every state". */
export function LineSign({ state }: { state: LineSignState }) {
  switch (state) {
    case 'lan':
    case 'direct':
    case 'relayed':
    case 'waiting':
      return <LineGlyph state={state} />;
    case 'ready':
      return <LineGlyph state="waiting" />;
    case 'connecting':
      return <Spinner small />;
    case 'noNetwork':
      return <WifiOff size={14} strokeWidth={2} aria-hidden="true" />;
    case 'asked':
      return <Hourglass size={14} strokeWidth={2} aria-hidden="true" />;
    case 'held':
      return <ShieldAlert size={14} strokeWidth={2} aria-hidden="true" />;
    case 'forgotten':
      return <UserX size={14} strokeWidth={2} aria-hidden="true" />;
    case 'banned':
      return <Ban size={14} strokeWidth={2} aria-hidden="true" />;
  }
}

/** What colour says the same as the words of a line: a relayed one is no news, good or bad. */
export function lineKind(state: LineSignState): 'ok' | 'bad' | 'plain' {
  if (state === 'lan' || state === 'direct') return 'ok';
  return state === 'banned' || state === 'held' ? 'bad' : 'plain';
}
