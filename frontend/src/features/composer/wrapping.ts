/** What takes the place of a stretch of a text, and what is marked then; in UTF-16 units of the text before and after. */
export interface Replacement {
  from: number;
  to: number;
  text: string;
  start: number;
  end: number;
}

export type Format = 'bold' | 'italic' | 'code';

const signs: Record<Format, string> = { bold: '**', italic: '*', code: '`' };
const fence = '```';
/** What stands before the words of a line: a quote, an item. */
const prefix = /^(?:> ?)*(?: *(?:-|\d{1,3}\.) +)?\s*/;

/**
 * Puts the marks of a format around what is marked in a text, or takes them away where they are; undefined when no words are
 * marked. Marks belong to their line (ui/formatted.ts), so each line gets its own; lines of code become a block.
 */
export function wrapped(text: string, start: number, end: number, format: Format): Replacement | undefined {
  const marked = text.slice(start, end);
  if (marked.trim() === '') return undefined;
  if (marked.trimEnd().includes('\n', marked.length - marked.trimStart().length)) {
    return format === 'code' ? block(text, start, end) : lines(text, start, end, signs[format]);
  }
  const sign = signs[format];
  const from = start + marked.length - marked.trimStart().length;
  const to = end - (marked.length - marked.trimEnd().length);
  const words = text.slice(from, to);
  if (around(text, from, to, format)) {
    const outer = { from: from - sign.length, to: to + sign.length };
    return { ...outer, text: words, start: outer.from, end: outer.from + words.length };
  }
  const bare = within(words, sign);
  if (bare !== undefined) return { from, to, text: bare, start: from, end: from + bare.length };
  const inner = from + sign.length;
  return { from, to, text: sign + words + sign, start: inner, end: inner + words.length };
}

/** How many of a character touch a place. */
function run(text: string, at: number, step: 1 | -1, sign: string): number {
  let count = 0;
  for (let next = step < 0 ? at - 1 : at; text[next] === sign; next += step) count += 1;
  return count;
}

/** Whether the words stand between marks of the format: one star is italic, two are bold, three are both. */
function around(text: string, from: number, to: number, format: Format): boolean {
  const sign = signs[format].charAt(0);
  const count = Math.min(run(text, from, -1, sign), run(text, to, 1, sign));
  if (format === 'code') return count === 1;
  return format === 'bold' ? count >= 2 : count === 1 || count === 3;
}

/** The words without the marks that were marked with them. */
function within(words: string, sign: string): string | undefined {
  const inside = words.slice(sign.length, -sign.length);
  const edge = sign.charAt(0);
  const whole = words.length > 2 * sign.length && words.startsWith(sign) && words.endsWith(sign);
  return whole && !inside.startsWith(edge) && !inside.endsWith(edge) ? inside : undefined;
}

function lines(text: string, start: number, end: number, sign: string): Replacement {
  const all = text.slice(start, end).split('\n');
  // A line that is not marked from its beginning has nothing before its words.
  const begins = start === 0 || text[start - 1] === '\n';
  const parts = all.map((line, index) => {
    const before = (index > 0 || begins ? prefix : /^\s*/).exec(line)?.[0] ?? '';
    const words = line.slice(before.length).trimEnd();
    return { before, words, after: line.slice(before.length + words.length) };
  });
  const wrapped = parts.every(({ words }) => words === '' || within(words, sign) !== undefined);
  const next = parts
    .map(({ before, words, after }) => {
      if (words === '') return before + after;
      return before + (wrapped ? within(words, sign) : sign + words + sign) + after;
    })
    .join('\n');
  return { from: start, to: end, text: next, start, end: start + next.length };
}

function block(text: string, start: number, end: number): Replacement {
  const marked = text.slice(start, end).replace(/^\n+|\n+$/g, '');
  const inner = marked.split('\n');
  if (inner.length > 2 && inner[0]?.startsWith(fence) && inner.at(-1) === fence) {
    const bare = inner.slice(1, -1).join('\n');
    return { from: start, to: end, text: bare, start, end: start + bare.length };
  }
  const before = start > 0 && text[start - 1] !== '\n' ? '\n' : '';
  const after = end < text.length && text[end] !== '\n' ? '\n' : '';
  const next = `${before}${fence}\n${marked}\n${fence}${after}`;
  return { from: start, to: end, text: next, start: start + before.length, end: start + next.length - after.length };
}

/** Writes into a field as its person would, so that the browser's own undo takes it back: as far as the field has the focus. */
export function replaceIn(field: HTMLTextAreaElement, { from, to, text, start, end }: Replacement): void {
  field.setSelectionRange(from, to);
  // Nothing else keeps the history of a field. Where it is not there the text is set without it.
  const written =
    document.activeElement === field &&
    typeof document.execCommand === 'function' &&
    document.execCommand('insertText', false, text);
  if (!written) {
    field.setRangeText(text, from, to, 'end');
    field.dispatchEvent(new Event('input', { bubbles: true }));
  }
  field.setSelectionRange(start, end);
}
