import { i18n, number } from '@/i18n';
import type { LineFacts, ServerFacts } from './facts';

/** The state of a line in a word or two. */
export function stateWord({ line }: Pick<LineFacts, 'line'>): string {
  return line.state === 'waiting' ? i18n.t('network.waiting') : i18n.t(`line.${line.state}`);
}

/** "8 ms" */
export function delayWords(delay: number): string {
  return i18n.t('network.milliseconds', { value: number(delay) });
}

/** What stands under a name: the delay, what waits, or nothing but the state. */
export function factWords(facts: LineFacts): string {
  if (facts.line.delay !== undefined) return delayWords(facts.line.delay);
  if (waits(facts)) return i18n.t('network.queued', { count: facts.row.queued });
  return stateWord(facts);
}

/** Whether messages wait for somebody who may get them. */
export function waits({ row, line }: LineFacts): boolean {
  return row.queued > 0 && line.state !== 'banned' && line.delay === undefined;
}

/** "Ana, Direct, 8 ms" */
export function nodeLabel(facts: LineFacts): string {
  const { name } = facts;
  const state = stateWord(facts);
  const fact = factWords(facts);
  return fact === state ? i18n.t('network.node', { name, state }) : i18n.t('network.nodeWith', { name, state, fact });
}

/** "18 ms", "18 ms · relay for 2", or its state. */
export function serverWords({ server, relays }: ServerFacts): string {
  const state =
    server.state === 'online' && server.rtt >= 0
      ? delayWords(server.rtt)
      : i18n.t(server.state === 'down' ? 'settings.server.chipDown' : `settings.server.${server.state}`);
  return relays > 0 ? `${state} · ${i18n.t('network.relays', { count: relays })}` : state;
}

const minute = 60_000;

/** How long ago, in two units: "3 h 12 min". */
export function elapsed(since: string, now: number): string {
  const minutes = Math.floor(Math.max(0, now - Date.parse(since)) / minute);
  const hours = Math.floor(minutes / 60);
  if (minutes < 1) return i18n.t('network.time.moment');
  if (hours < 1) return i18n.t('network.time.minutes', { minutes });
  if (hours < 48) return i18n.t('network.time.hours', { hours, minutes: minutes % 60 });
  return i18n.t('network.time.days', { days: Math.floor(hours / 24), hours: hours % 24 });
}
