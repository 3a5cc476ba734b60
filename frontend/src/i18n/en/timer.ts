// Messages that disappear.
export default {
  title: 'Disappearing messages',
  off: 'Off',
  on: 'Messages disappear after {{length}}',
  offText: 'Messages stay. A time that you choose here holds for both of you.',
  text: 'Agreed for both of you, and either can change it. It holds for what is written from now on. Each computer counts for itself: what {{name}} wrote from when you read it, what you wrote from when it reached {{name}}. Then it is erased there. Whoever reads a message can still keep a copy.',
  mineOn: 'Chosen by you, {{time}}',
  mineOff: 'Switched off by you, {{time}}',
  theirsOn: 'Chosen by {{name}}, {{time}}',
  theirsOff: 'Switched off by {{name}}, {{time}}',
  changed: 'Messages written from now on disappear after {{length}}.',
  stopped: 'Messages written from now on stay.',
  left: 'Disappears within {{length}}',
  afterReading: 'Disappears {{length}} after you read it',
  afterArrival: 'Disappears {{length}} after it reached their computer',
} as const;
