import { describe, expect, it } from 'vitest';
import { plainText } from '@/ui';
import { type Format, wrapped } from './wrapping';

/** A text with [what is marked], after the key of a format. */
function after(text: string, format: Format): string {
  const start = text.indexOf('[');
  const end = text.indexOf(']') - 1;
  const bare = text.replace('[', '').replace(']', '');
  const next = wrapped(bare, start, end, format);
  if (!next) return text;
  const changed = bare.slice(0, next.from) + next.text + bare.slice(next.to);
  return `${changed.slice(0, next.start)}[${changed.slice(next.start, next.end)}]${changed.slice(next.end)}`;
}

describe('a format key', () => {
  it.each<[string, Format, string]>([
    ['the [ferry] at 9', 'bold', 'the **[ferry]** at 9'],
    ['the **[ferry]** at 9', 'bold', 'the [ferry] at 9'],
    ['the [**ferry**] at 9', 'bold', 'the [ferry] at 9'],
    ['the [ ferry ]at 9', 'italic', 'the  *[ferry]* at 9'],
    ['the **[ferry]** at 9', 'italic', 'the ***[ferry]*** at 9'],
    ['the ***[ferry]*** at 9', 'italic', 'the **[ferry]** at 9'],
    ['the ***[ferry]*** at 9', 'bold', 'the *[ferry]* at 9'],
    ['run [make]', 'code', 'run `[make]`'],
    ['run `[make]`', 'code', 'run [make]'],
    ['[one\n- two\n\n> three]', 'bold', '[**one**\n- **two**\n\n> **three**]'],
    ['[**one**\n- **two**]', 'bold', '[one\n- two]'],
    ['see [a\nb]', 'code', 'see \n[```\na\nb\n```]'],
    ['[```\na\nb\n```]', 'code', '[a\nb]'],
    ['nothing[ ]marked', 'bold', 'nothing[ ]marked'],
    ['nothing[]', 'code', 'nothing[]'],
  ])('%j, %s: %j', (before, format, wanted) => expect(after(before, format)).toBe(wanted));

  it('writes marks that are understood', () => {
    for (const format of ['bold', 'italic', 'code'] as const) {
      const next = wrapped('so it is', 3, 5, format);
      expect(plainText(`so ${next?.text ?? ''} is`)).toBe('so it is');
    }
  });
});
