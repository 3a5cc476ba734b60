import { sampleEmoji } from './fake-verification';
import { ago, anaTalk, say } from './scene-data';
import type { Scene } from './scenes';
import { withAna } from './scenes';
import type { Check, Conversation, Verification } from './types';

// Scenes of who a contact is: verify-none, verify-link, verify-compared, verify-differs, check-asked, check-waiting,
// check-comparing, check-ended, retired, retired-me, key-changed,
// key-moved, key-former, key-following, namesake.

const known = (now: Date, change: Partial<Verification>): Verification => ({
  trust: 'none',
  method: '',
  since: ago(now, 262, 18, 4),
  ...change,
});

/** Ana, and others of every kind in the list. */
function scene(now: Date, change: Partial<Conversation>, talk = anaTalk(now)): ReturnType<Scene> {
  const options = withAna(now, change, talk);
  const kinds: Record<string, Partial<Verification>> = {
    jonas: { trust: 'compared', method: 'emoji' },
    priya: { trust: 'link', since: '' },
    ole: { trust: 'compared', method: 'number' },
  };
  options.state.conversations = options.state.conversations.map((row) => {
    const kind = kinds[row.id];
    return kind ? { ...row, verified: known(now, kind) } : row;
  });
  return { options, open: 'ana' };
}

const check = (now: Date, change: Partial<Check>): ReturnType<Scene> =>
  scene(now, { check: { state: 'waiting', emoji: [], said: false, theySaid: false, ...change } });

export const verifyScenes: Record<string, Scene> = {
  'verify-none': (now) => scene(now, {}),
  'verify-link': (now) => scene(now, { verified: known(now, { trust: 'link', since: '' }) }),
  'verify-compared': (now) => scene(now, { verified: known(now, { trust: 'compared', method: 'number' }) }),
  'verify-differs': (now) =>
    scene(
      now,
      {
        verified: known(now, { trust: 'differs', method: 'number', since: ago(now, 0, 10, 4) }),
        line: { state: 'held', rtt: -1, host: '' },
        presence: 'unknown',
        queued: 2,
      },
      [
        ...anaTalk(now).slice(3, 5),
        say('ana', ago(now, 0, 10, 36), 'Are you still on the quay?', 'queued'),
        say('ana', ago(now, 0, 10, 41), 'I bring the big tent then, call me when you are on your way', 'queued'),
      ],
    ),
  'check-asked': (now) => check(now, { state: 'asked' }),
  'check-waiting': (now) => check(now, {}),
  'check-comparing': (now) => check(now, { state: 'comparing', emoji: sampleEmoji }),
  'check-ended': (now) =>
    check(now, { state: 'ended', error: { code: 'check-broken', message: '', params: { name: 'Ana Duarte' } } }),
  retired: (now) =>
    scene(now, { retired: ago(now, 1, 10, 0), presence: 'offline', line: { state: 'waiting', rtt: -1, host: '' } }),
  'retired-me': (now) => {
    const made = scene(now, {});
    made.options.state.profile.retired = ago(now, 1, 10, 0);
    return made;
  },
  'key-changed': (now) =>
    scene(now, {
      verified: known(now, { trust: 'changed', method: 'number' }),
      line: { state: 'held', rtt: -1, host: '' },
      presence: 'unknown',
      queued: 1,
    }),
  'key-moved': (now) =>
    scene(now, {
      retired: ago(now, 1, 10, 0),
      next: 'jonas',
      presence: 'offline',
      line: { state: 'waiting', rtt: -1, host: '' },
    }),
  'key-former': (now) =>
    scene(now, { former: true, next: 'jonas', presence: 'unknown', line: { state: 'waiting', rtt: -1, host: '' } }),
  'key-following': (now) => {
    const made = scene(now, {
      following: true,
      contact: 'asked',
      presence: 'unknown',
      line: { state: 'waiting', rtt: -1, host: '' },
    });
    made.options.state.conversations = made.options.state.conversations.map((row) =>
      row.id === 'jonas' ? { ...row, former: true, next: 'ana' } : row,
    );
    return made;
  },
  namesake: (now) => {
    const made = scene(now, {});
    made.options.state.requests = made.options.state.requests.map((request, index) =>
      index === 0 ? { ...request, name: 'Ana Duarte' } : request,
    );
    return made;
  },
};
