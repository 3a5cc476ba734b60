// What a person does with a message.
export default {
  separator: ', ',
  tools: 'Message actions',
  react: 'React',
  reply: 'Reply',
  copy: 'Copy',
  select: 'Select',
  edit: 'Edit',
  more: 'More',
  delivery: 'What happened to it',
  delete: 'Delete…',
  remove: 'Remove from this computer…',
  me: 'You',
  somebody: 'Somebody',

  quoteGone: 'A message that is not on this computer',
  quoteDeleted: 'A deleted message',
  quoteLabel: 'In reply to {{name}}: {{text}}',
  quoteGoneLabel: 'In reply to a message that is not on this computer',
  quoteOpen: 'Go to that message',
  quoteNotFound: 'That message is not on this computer any more.',

  edited: 'edited',
  editedAt: 'Edited {{time}}',
  written: 'Written {{written}}, arrived {{arrived}}',
  ahead: 'Their clock said {{written}}, arrived {{arrived}}',

  deletedByYou: 'You deleted this',
  deletedBy: 'Deleted by {{name}}',
  previewDeleted: 'Message deleted',

  reactions: 'Reactions',
  reaction: '{{emoji}} {{count}}: {{names}}',
  addReaction: 'Add a reaction',
  moreReactions: '{{count}} more',
  quickLabel: 'React to this message',
  anyEmoji: 'Any other emoji',
  anyEmojiHelp: 'Type or paste one, then Enter.',
  anyEmojiAdd: 'Add',

  replyTo: 'Reply to {{name}}',
  replyToYou: 'Reply to yourself',
  replyCancel: 'Cancel reply',
  replyGone: 'The message you were answering was deleted. This goes out as a message of its own.',
  editing: 'Edit message',
  editCancel: 'Stop editing',
  editSave: 'Save',
  editLabel: 'Edit your message',
  editGone: 'This message was deleted, so it cannot be changed any more.',
  goTo: 'Go to the message',

  deleteTitle: 'Delete this message?',
  deleteHereTitle: 'Remove this message from this computer?',
  deleteForEveryone: 'Delete for everyone',
  deleteForMe: 'Delete for me',
  removeHere: 'Remove',
  deleting: 'Deleting',
  everyone: 'For everyone',
  everyoneText:
    'The text and its earlier versions are erased from this disk now, and from {{name}}’s when the deletion gets there. A line says that you deleted something, and when you wrote it.',
  everyoneLimit:
    'It cannot take back what {{name}} has read, copied or saved, and a Tincan that was altered may keep the text.',
  everyoneMail:
    'The sealed copy in {{name}}’s mailbox is asked back. Where that fails it stays there for up to 14 days, and only {{name}} can open it.',
  forMe: 'For me',
  forMeText: 'It leaves this computer only: its text is erased from this disk. {{name}} keeps it and is not told.',
  forMeWaiting:
    'It leaves this computer only. {{name}} still gets it; its text is erased from this disk once it has arrived there.',
  removeText:
    'It leaves this conversation here, and its text is erased from this disk. {{name}} keeps it and is not told.',
  removeDeletedText: 'Its text is gone already. Now the line that says so leaves this computer, too.',
  notUndone: 'This cannot be undone. Backups of this computer that you made yourself are not changed.',
} as const;
