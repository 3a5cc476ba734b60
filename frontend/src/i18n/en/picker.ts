// The emoji picker; the names of the emoji come with their data.
export default {
  search: 'Search emoji',
  groups: 'Groups',
  group: {
    recent: 'Used last',
    faces: 'Faces and feelings',
    people: 'People and hands',
    nature: 'Animals and nature',
    food: 'Food and drink',
    travel: 'Travel and places',
    sport: 'Sport and play',
    things: 'Things',
    signs: 'Hearts and signs',
    flags: 'Flags',
  },
  found_one: '{{count}} emoji found',
  found_other: '{{count}} emoji found',
  nothing: 'No emoji of this name',
  noFont:
    'No font here has emoji in colour, so they are black or boxes; others see them. Install Noto Color Emoji, then start Tincan again.',
  several: 'Shift picks several',
  tones: 'Skin tone',
  tone: {
    none: 'Yellow',
    light: 'Light',
    mediumLight: 'Medium-light',
    medium: 'Medium',
    mediumDark: 'Medium-dark',
    dark: 'Dark',
  },
  toned: '{{name}}, skin tone: {{tone}}',
} as const;
