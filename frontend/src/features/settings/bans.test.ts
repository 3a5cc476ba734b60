import { beforeAll, describe, expect, it } from 'vitest';
import type { Ban } from '@/backend';
import { startTranslations } from '@/i18n';
import { banEnds } from '@/model';
import { banName, nextOrder, shortPeer } from './bans';

beforeAll(() => startTranslations('en'));

const name = (kind: Ban['kind'], target: string, called = '') => banName({ kind, target, name: called });

describe('banName', () => {
  it('is the name, a short PeerID, a label, or the address', () => {
    expect(name('peer', 'tc1viktor', 'Viktór S.')).toBe('Viktór S.');
    expect(name('peer', 'tc1k7q4wx2m9fhtk7q4')).toBe('tc1k7q4w…k7q4');
    expect(name('range', '203.0.113.0/24')).toBe('203.0.113.0/24');
    expect(name('domain', '*.example.net')).toBe('*.example.net');
    expect(name('invite', 'invite:1', 'The fair')).toBe('Everybody by “The fair”');
    expect(name('invite', 'invite:1')).toBe('Everybody by a link without a name');
    expect(shortPeer('tc1short')).toBe('tc1short');
  });
});

describe('nextOrder', () => {
  it('turns round when the same column is asked for again', () => {
    expect(nextOrder({ column: 'added', descending: true }, 'added').descending).toBe(false);
    expect(nextOrder({ column: 'added', descending: true }, 'target')).toEqual({ column: 'target', descending: false });
    expect(nextOrder({ column: 'kind', descending: true }, 'blocked').descending).toBe(true);
  });
});

describe('banEnds', () => {
  it('is a day from now, or never', () => {
    const now = Date.parse('2026-11-21T10:00:00Z');
    expect(banEnds('never', now)).toBe('');
    expect(banEnds('week', now)).toBe('2026-11-28T10:00:00.000Z');
  });
});
