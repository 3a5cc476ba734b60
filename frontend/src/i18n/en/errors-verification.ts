// The sentences of errors.ts about who a contact is.
export default {
  held: 'Your numbers differed, so nothing is sent to {{name}}. Compare again first.',
  'held-changed':
    '{{name}} has a new key that you did not compare, so nothing is sent. Compare, or say that it shall be sent anyway.',
  former:
    'This was written before you changed your key. It can be read; go on in the newer conversation with this person.',
  'export-former':
    'This was written before you changed your key. An export is signed by the key that wrote, and that one is gone.',
  'they-moved': '{{name}} has a new key. Write to them in the conversation that goes on with it.',
  'check-no-line':
    'Emoji are compared over an open line, and there is none to {{name}} right now. Try again when they are there, or compare the number.',
  'check-older': '{{name}} uses a Tincan that cannot compare by emoji. Compare the number instead.',
  'check-running': 'You are comparing with {{name}} already.',
  'check-over': 'This comparison is over. Start another one.',
  'check-line': 'The line to {{name}} was lost while you compared. Try again.',
  'check-late': 'Comparing with {{name}} took too long. Try again.',
  'check-declined': '{{name}} does not want to compare now. Ask them, then try again.',
  'check-busy': '{{name}} is asked too often, or compares already. Try again in a moment.',
  'check-cancelled': '{{name}} stopped comparing. Ask them, then try again.',
  'check-broken':
    'The comparison with {{name}} was tampered with: somebody may sit in between. Compare the number in person before you trust this line.',
  'check-differs':
    '{{name}} says that the emoji differ: somebody may sit in between. Compare the number in person before you trust this line.',
  'check-disk': 'The disk refused to keep that you compared. Compare again later.',
  retired: 'You gave this identity up. What is here can be read, but nothing can be sent.',
  'they-retired': '{{name}} gave this identity up on {{date}}. Nobody reads what is sent to it.',
} as const;
