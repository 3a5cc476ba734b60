// Several messages at a time: they are selected, then copied or removed together.
export default {
  bar: 'Selected messages',
  count_one: '{{count}} message selected',
  count_other: '{{count}} messages selected',
  none: 'No message selected',
  most: '{{count}} messages selected, the most at a time',
  mark: 'Select what {{author}} wrote, {{time}}',
  selectedMessage: 'Selected, {{message}}',
  end: 'Stop selecting',
  copy: 'Copy',
  copied_one: 'Copied {{count}} message',
  copied_other: 'Copied {{count}} messages',
  remove: 'Remove…',
  readOnly: 'History is open for reading only: nothing can be removed.',

  removeTitle_one: 'Remove {{count}} message from this computer?',
  removeTitle_other: 'Remove {{count}} messages from this computer?',
  removeText:
    'They leave this conversation here, and their texts are erased from this disk. {{name}} keeps them and is not told.',
  removeWaiting:
    'What has not arrived yet still goes to {{name}}; it is erased from this disk once it has arrived there.',
  removeNow: 'Remove',
  removing: 'Removing, {{done}} of {{count}}',
  removed_one: 'Removed {{count}} message',
  removed_other: 'Removed {{count}} messages',
  left_one: '{{count}} message is still here.',
  left_other: '{{count}} messages are still here.',
} as const;
