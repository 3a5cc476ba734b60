import { i18n } from './translate';

/** The words of the connection chip: "Direct · 8 ms", "Waiting for Ana — 2 messages queued". */
export function lineWords(
  line: { state: LineName; delay: number | undefined },
  person: { name: string; queued: number },
): string {
  switch (line.state) {
    case 'lan':
    case 'direct':
    case 'relayed': {
      const state = i18n.t(`line.${line.state}`);
      return line.delay === undefined ? state : i18n.t('line.withDelay', { state, delay: line.delay });
    }
    case 'waiting':
      return person.queued > 0
        ? i18n.t('line.waitingQueued', { name: person.name, count: person.queued })
        : i18n.t('line.waiting', { name: person.name });
    default:
      return i18n.t(`line.${line.state}`);
  }
}

type LineName =
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
