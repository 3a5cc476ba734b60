import { describe, expect, it, vi } from 'vitest';
import { sampleConversation } from '@/backend/samples';
import { factsOf, serversOf } from './facts';
import { layOut } from './layout/layout';
import { Motion } from './motion';
import { beadPath, strandPath, strandsOf } from './strands';

const rows = {
  ana: sampleConversation('ana', { line: { state: 'direct', rtt: 8, host: '' } }),
  noor: sampleConversation('noor', { line: { state: 'lan', rtt: 2, host: '' } }),
  jonas: sampleConversation('jonas', { line: { state: 'relayed', rtt: 64, host: 'lines.example.net' } }),
  katrin: sampleConversation('katrin', { line: { state: 'relayed', rtt: 71, host: '203.0.113.9' } }),
  ole: sampleConversation('ole', { line: { state: 'waiting', rtt: -1, host: '' }, presence: 'offline', queued: 2 }),
  li: sampleConversation('li', { line: { state: 'waiting', rtt: -1, host: '' }, presence: 'offline' }),
  hella: sampleConversation('hella', { line: { state: 'held', rtt: -1, host: '' } }),
  viktor: sampleConversation('viktor', { line: { state: 'banned', rtt: -1, host: '' }, contact: 'banned' }),
};
const people = factsOf(rows, {}, { jonas: 2 });
const server = { id: 's', address: 'lines.example.net:7443', mine: false, guest: false, state: 'online' as const };
const servers = serversOf([{ ...server, rtt: 18, since: '', retryAt: '' }], people);
const layout = layOut({
  ...{ width: 640, height: 600, scale: 1 },
  people: people.map(({ row, line }) => ({ id: row.id, delay: line.delay, group: line.state, label: 60 })),
  servers: [{ id: 's', label: 120 }],
});

describe('strandsOf', () => {
  const strands = new Map(strandsOf(people, servers, layout).map((one) => [one.id, one]));

  it.each([
    ['person-ana', 'me', 'taut', 'twine'],
    ['person-noor', 'me', 'double', 'twine'],
    ['person-jonas', 'server-s', 'taut', 'twine'],
    ['person-katrin', 'me', 'bead', 'twine'],
    ['person-ole', 'me', 'sagging', 'twine'],
    ['person-li', 'me', 'sagging', 'quiet'],
    ['person-hella', 'me', 'cut', 'twine'],
    ['server-s', 'me', 'taut', 'twine'],
  ])('%s hangs on %s, %s and %s', (id, from, form, tone) => {
    expect(strands.get(id)).toMatchObject({ from, form, tone });
  });

  it('has none to whom I banned, and a busy one where something travels, as far as it goes', () => {
    expect(strands.has('person-viktor')).toBe(false);
    expect(
      [...strands.values()]
        .filter(({ busy }) => busy)
        .map(({ id }) => id)
        .sort(),
    ).toEqual(['person-jonas', 'server-s']);
    expect(strands.get('server-s')?.of).toContain('person-jonas');
  });
});

describe('strandPath', () => {
  const from = { x: 0, y: 0 };
  const to = { x: 100, y: 0 };

  it('is straight, double, cut in the middle, or sags downwards', () => {
    expect(strandPath({ form: 'taut', short: false }, from, to, 40)).toBe('M0 0L100 0');
    expect(strandPath({ form: 'double', short: false }, from, to, 40)).toBe('M0 2.5L100 2.5M0 -2.5L100 -2.5');
    expect(strandPath({ form: 'cut', short: false }, from, to, 40)).toBe('M0 0L41 0M59 0L100 0');
    expect(strandPath({ form: 'sagging', short: false }, from, to, 40)).toBe('M0 0Q50 22 100 0');
    expect(strandPath({ form: 'sagging', short: false }, to, from, 40)).toBe('M100 0Q50 22 0 0');
    expect(strandPath({ form: 'sagging', short: true }, from, to, 40)).toBe('M65 0L100 0');
    expect(beadPath(from, to)).toBe('M45 0L55 0');
  });

  it('is a path wherever the ends are', () => {
    for (const form of ['taut', 'double', 'cut', 'sagging', 'bead'] as const) {
      for (const short of [true, false]) {
        expect(strandPath({ form, short }, from, from, 40)).not.toContain('NaN');
        expect(beadPath(from, from)).not.toContain('NaN');
      }
    }
  });
});

describe('Motion', () => {
  function scene() {
    document.body.innerHTML =
      '<div><button data-at="me"></button><button data-at="person-ana"></button><svg><path data-strand="person-ana"></path></svg></div>';
    const root = document.body.firstElementChild as HTMLElement;
    const [strand] = strandsOf(people, servers, layout).filter(({ id }) => id === 'person-ana');
    const drawing = (x: number) => ({
      places: new Map([
        ['me', { x: 0, y: 0 }],
        ['person-ana', { x, y: 0 }],
      ]),
      strands: strand ? [strand] : [],
      lid: 40,
    });
    const lid = root.querySelector<HTMLElement>('[data-at="person-ana"]');
    const path = root.querySelector('path');
    return { motion: new Motion(root), drawing, at: () => lid?.style.transform, path: () => path?.getAttribute('d') };
  }

  it('puts things where they belong at first and without motion, and brings them there otherwise', () => {
    vi.useFakeTimers();
    const { motion, drawing, at, path } = scene();
    motion.show(drawing(100), false);
    expect([at(), path()]).toEqual(['translate(100px, 0px)', 'M0 0L100 0']);
    motion.show(drawing(200), true);
    expect(at()).toBe('translate(200px, 0px)');
    motion.show(drawing(100), false);
    expect(at()).toBe('translate(200px, 0px)');
    vi.advanceTimersByTime(100);
    expect(at()).not.toBe('translate(200px, 0px)');
    expect(at()).not.toBe('translate(100px, 0px)');
    vi.advanceTimersByTime(1000);
    expect([at(), path()]).toEqual(['translate(100px, 0px)', 'M0 0L100 0']);
    motion.end();
    vi.useRealTimers();
  });
});
