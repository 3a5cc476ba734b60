export default {
  title: 'Contact requests',
} as const;
