import { ago, rows } from './scene-data';
import type { Scene } from './scenes';
import { withAna } from './scenes';
import type { Conversation } from './types';

// Scenes of how conversations are kept: kept, cleared, forgotten.

/** One of everything that a row can be. */
function kept(now: Date, ana: Partial<Conversation> = {}) {
  const options = withAna(now, { pinned: 2, ...ana });
  const [first] = rows(now);
  const more: Partial<Record<string, Partial<Conversation>>> = {
    jonas: { quiet: true, unread: 12, marked: true },
    priya: { marked: true, draft: '' },
    ole: { pinned: 1 },
    li: { folder: 'archived' },
    tomas: { folder: 'archived', quiet: true },
  };
  options.state.conversations = options.state.conversations.map((row) => ({ ...row, ...more[row.id] }));
  const add = (id: string, name: string, color: number, day: number, change: Partial<Conversation>) => {
    if (first)
      options.state.conversations.push({
        ...first,
        id,
        peerId: `tc1${id}`,
        name,
        color,
        lastTime: ago(now, day, 9, 12),
        ...change,
      });
  };
  add('held', 'Marta Kos', 1, 1, { verified: { trust: 'differs', method: 'number', since: ago(now, 1, 9, 0) } });
  add('out', 'kx_promo_44', 8, 2, {
    contact: 'banned',
    presence: 'unknown',
    line: { state: 'banned', rtt: -1, host: '' },
  });
  add('gone', 'Rui Teixeira', 3, 6, {
    contact: 'forgotten',
    presence: 'unknown',
    line: { state: 'waiting', rtt: -1, host: '' },
  });
  add('bare', 'Elif Demir', 6, 8, { preview: '', cleared: ago(now, 8, 9, 12), presence: 'offline' });
  return options;
}

export const manageScenes: Record<string, Scene> = {
  kept: (now) => ({ options: kept(now), open: 'ana' }),
  forgotten: (now) => ({
    options: kept(now, { contact: 'forgotten', presence: 'unknown', line: { state: 'waiting', rtt: -1, host: '' } }),
    open: 'ana',
  }),
  cleared: (now) => {
    const options = kept(now, { preview: '', cleared: ago(now, 0, 10, 44) });
    return { options: { ...options, messages: { ...options.messages, ana: [] } }, open: 'ana' };
  },
};
