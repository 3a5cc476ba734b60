export default {
  title: 'Add a contact',
} as const;
