// The states of the whole app (ProblemCode), and the three that the window sees by itself.
export default {
  'database-damaged': 'Your history is damaged and open for reading only. Nothing can be sent until it is repaired.',
  'folder-read-only': 'The data folder cannot be written. Change its permissions; until then nothing can be sent.',
  'disk-full': 'The disk is full. Free some space; until then nothing can be sent.',
  'clock-wrong':
    'This computer’s clock is wrong by {{minutes}} minutes. Set it right, or messages will show the wrong time.',
  lostTitle: 'Tincan does not answer.',
  lost: 'It may have been stopped. This page goes on by itself when it is back; what you see is what was last known.',
  offlineTitle: 'You are offline.',
  offline: 'Messages you write stay on this computer and go out when you are back.',
  serverAwayTitle: '{{server}} does not answer.',
  serverAway: 'Lines that are open stay open. New ones have to wait for it.',
} as const;
