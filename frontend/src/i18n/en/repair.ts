// A damaged history is made anew from what can be read of it (backend/store, Salvage).
export default {
  open: 'Repair…',
  show: 'Show',
  title: 'Repair your history',
  text: 'Some of your history on this computer is damaged. Tincan can put everything that is still whole into a new one. That takes from a few seconds to some minutes, you can go on reading meanwhile, and nothing has to be started anew.',
  over: 'What comes over',
  overText:
    'Your name, contacts, servers and bans; drafts; and from each person’s messages in each conversation everything up to the first damaged place. Every message is checked: only what its author signed comes over.',
  back: 'What comes back',
  backText:
    'What is missing after that, your own messages too, comes back from your contacts when you are next online together, as far as they still have it.',
  lost: 'What may be lost',
  lostText:
    'What nobody else has: messages that were not delivered yet, and those that your contacts deleted on their side.',
  kept: 'What stays',
  keptText:
    'The damaged file stays in your data folder under a new name, so there has to be room for a second history. If the repair does not succeed, nothing is changed.',
  begin: 'Repair now',
  running: 'Your history is being repaired. Until that is done you can read it, and nothing can be sent.',
  saved: '{{saved}} of {{of}} entries came over',
  reading: 'Reading what is still there',
  behind: 'Go on reading',
  done: 'Your history is not damaged any more.',
} as const;
