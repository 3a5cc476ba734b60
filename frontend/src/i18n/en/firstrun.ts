export default {
  title: 'A direct line between people',
  text: 'No account, no phone number. Your name and keys are made on this computer and stay here.',
  name: 'What should people call you?',
  example: 'Mira',
  you: 'you',
  direct: 'direct line',
  color: 'Your colour',
  colors: 'Amber, Brick, Olive, Pine, Sea, Slate blue, Plum, Tin',
  create: 'Create my line',
  creating: 'Creating your line',
  failed: 'Your line could not be made.',
} as const;
