export default {
  message: 'Message {{name}}',
  waiting: 'Write now, it is delivered when {{name}} is back',
  noNetwork: 'Write now, it goes out when you are back',
  asked: 'Write now, it is delivered when {{name}} accepts',
  held: 'Compare safety numbers to go on',
  send: 'Send',
  emoji: 'Emoji',
  bytes: '{{used}} of {{most}} KiB',
  tooLong: '{{used}} of {{most}} KiB: too long to send in one message',
  banned: 'You banned {{name}}.',
  undo: 'Undo',
  unbanned: '{{name}} is not banned any more.',
} as const;
