// What can be done with a whole conversation and its contact.
export default {
  menu: 'Conversation with {{name}}',
  pin: 'Pin',
  unpin: 'Unpin',
  moveUp: 'Move up',
  moveDown: 'Move down',
  markUnread: 'Mark as unread',
  markRead: 'Mark as read',
  mute: 'Mute',
  unmute: 'Unmute',
  archive: 'Archive',
  unarchive: 'Back to the list',
  clear: 'Clear messages…',
  leave: 'Delete conversation…',
  leaveEmpty: 'Delete conversation',
  forget: 'Forget contact…',
  pinned: '{{name}} is pinned.',
  unpinned: '{{name}} is not pinned any more.',
  mutedNow: '{{name}} is muted: no notifications.',
  unmuted: '{{name}} is not muted any more.',
  archived: 'Archived. It comes back when {{name}} writes.',
  archivedQuiet: 'Archived. It stays there while it is muted.',
  unarchived: 'The conversation with {{name}} is in the list again.',
  deleted: 'The conversation with {{name}} is deleted.',
  cleared: 'The messages with {{name}} are cleared.',
  forgotten: '{{name}} is forgotten.',

  clearTitle: 'Clear the messages with {{name}}?',
  clearText:
    'All messages of this conversation are erased on this computer, in the search and in older copies of the history as well.',
  clearKept:
    'Kept: the contact, the line, the timer, and whatever {{name}} has. Signed headers without words stay here, so that nothing comes back from there.',
  clearWaiting_one: '{{count}} message that waits for {{name}} still goes out, and is erased here then.',
  clearWaiting_other: '{{count}} messages that wait for {{name}} still go out, and are erased here then.',
  clearConfirm: 'Clear messages',
  clearing: 'Clearing',

  leaveTitle: 'Delete the conversation with {{name}}?',
  leaveText:
    'All messages and the draft are erased on this computer, in the search and in older copies of the history as well, and the conversation leaves the list.',
  leaveKept:
    'Kept: {{name}} stays your contact, is not told, and keeps what they have. You find them with Ctrl K. A new message brings the conversation back, with nothing before it.',
  leaveForgotten: 'Kept: what {{name}} has. Here nothing stays but signed headers without words.',
  leaveConfirm: 'Delete conversation',
  leaving: 'Deleting',

  forgetTitle: 'Forget {{name}}?',
  forgetText:
    '{{name}} is no longer your contact: the line closes, neither of you sees whether the other is there, and nothing that {{name}} sends is taken.',
  forgetAsked: 'Your request ends: an answer of {{name}} is not taken.',
  forgetLost:
    'Lost: how you verified each other, and whatever still waits for {{name}} is not sent. Servers that keep something for them are asked to delete it, as far as they can be reached.',
  forgetKept:
    'Kept: {{name}} is not told, still has you as a contact, and keeps what they have. Invites and bans stay as they are. If {{name}} asks later, it is a request like any other.',
  forgetChoice:
    'Your messages with {{name}} can stay here to be read, or be erased on this computer. If you become contacts again, what was kept and still waited goes out.',
  forgetKeep: 'Forget, keep messages',
  forgetErase: 'Forget and erase',
  forgetting: 'Forgetting',

  notUndone: 'This cannot be undone. Backups that you made yourself are not changed.',
  writeAgain: '{{name}} is not a contact any more. To write again, one of you has to ask the other.',
  ask: 'Add a contact',
} as const;
