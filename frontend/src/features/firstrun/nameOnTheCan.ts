/** Over so many letters only the first word of a name stands on the can, and of that no more than these. */
const most = 16;

/** What the label of the can says of a name. */
export function nameOnTheCan(name: string): string {
  const whole = name.trim().replace(/\s+/gu, ' ');
  if (letters(whole).length <= most) return whole;
  const word = letters(whole.split(' ')[0] ?? '');
  return word.length <= most ? word.join('') : `${word.slice(0, most - 1).join('')}…`;
}

/** The letters as people count them. */
function letters(text: string): string[] {
  return [...new Intl.Segmenter(undefined, { granularity: 'grapheme' }).segment(text)].map(({ segment }) => segment);
}
