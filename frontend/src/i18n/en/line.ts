// "The line: every state" of the design.
export default {
  label: 'This line: {{state}}',
  lan: 'LAN',
  direct: 'Direct',
  relayed: 'Relayed',
  withDelay: '{{state}} · {{delay}} ms',
  connecting: 'Connecting',
  waiting: 'Waiting for {{name}}',
  waitingQueued_one: 'Waiting for {{name}} — {{count}} message queued',
  waitingQueued_other: 'Waiting for {{name}} — {{count}} messages queued',
  noNetwork: 'No network',
  ready: 'Ready',
  asked: 'Asked',
  banned: 'Banned',
  presence: {
    online: 'On the line',
    offline: 'Not on the line',
    unknown: 'Not known yet',
    asked: 'Has not answered yet',
    banned: 'You banned {{name}}',
  },
  changed: {
    open: 'The line to {{name}} is open: {{state}}',
    waiting: 'Waiting for {{name}}',
    noNetwork: 'No network',
  },
} as const;
