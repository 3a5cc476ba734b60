import type { Conversation, LineTraffic, Traffic } from './types';

/** What the lines of some rows carried, the same for the same rows; `turn` counts how often it was asked. */
export function fakeTraffic(rows: readonly Conversation[], now: Date, turn: number): Traffic {
  const lines = rows.flatMap((row, index): LineTraffic[] => {
    const seed = [...row.id].reduce((sum, letter) => (sum * 31 + letter.charCodeAt(0)) % 9973, 7);
    const open = row.line.state === 'lan' || row.line.state === 'direct' || row.line.state === 'relayed';
    if (!open && row.queued === 0) return [];
    const carries = index % 3 === 0 ? turn * 1400 : 0;
    return [
      {
        conversation: row.id,
        received: open ? seed * 2100 + carries : 0,
        sent: seed * 330 + (open ? 0 : 6000),
        opened: open ? new Date(now.getTime() - seed * 2300).toISOString() : '',
        family: open && row.line.state !== 'relayed' ? (seed % 2 === 0 ? 'ipv6' : 'ipv4') : '',
        delays: open
          ? Array.from({ length: 30 }, (_, at) => row.line.rtt + ((seed * (at + 3)) % 7) + (at === 9 ? 6 : 0))
          : [],
      },
    ];
  });
  const all = (of: (line: LineTraffic) => number) => lines.reduce((sum, line) => sum + of(line), 0);
  return { received: all((line) => line.received), sent: all((line) => line.sent), lines: lines.slice(0, 256) };
}
