// What this program is, and the connection check.
export default {
  title: 'About',
} as const;
