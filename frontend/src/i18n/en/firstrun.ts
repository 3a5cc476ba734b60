export default {
  title: 'Set up a line',
} as const;
