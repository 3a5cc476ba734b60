import { inlineOf } from './formattedLine';

/*
 * The marks that a message may be written with, and the tree that is drawn of it. A message is sent, kept and copied as it
 * was written; only what is drawn of it changes.
 *
 *   **bold**  *italic*  `code`      within one line; a mark stands at the edge of its words
 *   ```                             a line of its own, before and after lines of code; the language may follow the first
 *   > quote   - item   1. item      at the beginning of a line
 *   https://…                       an address is a link, as it is written
 *
 * `[words](address)` is no link: the address in it is one, and the words around it stay words. So nothing that is written
 * can stand in front of another address than the one it leads to. There are no pictures, headings, tables, no HTML and no
 * escaping: a mark without its partner is a character like others, and every character that is not a mark is drawn.
 */

export type Inline =
  /** `at` is where it begins in its block, in UTF-16 units. */
  | { kind: 'text' | 'code'; at: number; text: string }
  | { kind: 'link'; at: number; text: string; address: string }
  | { kind: 'bold' | 'italic'; at: number; inside: Inline[] };

export interface Item {
  /** Steps of two spaces before it, at most indentMost. */
  indent: number;
  /** "3." as it was written, '' for a dash. */
  number: string;
  inside: Inline[];
}

export type Block =
  | { kind: 'paragraph'; inside: Inline[] }
  | { kind: 'code'; language: string; text: string }
  | { kind: 'quote'; inside: Block[] }
  | { kind: 'list'; items: Item[] };

/** How many elements may still be made; `cut` says that the text goes on where it ends, so that a mark may lack its partner. */
export interface Budget {
  left: number;
  cut: boolean;
}

/** Quotes within quotes; a ">" that is deeper is a character. */
const quoteMost = 4;
const indentMost = 3;
/** Elements that are made of one text; marks behind them are characters. */
const elementsMost = 2000;

const fence = /^```([\w+#.-]{0,20})[ \t]*$/;
const quoteMark = /^>(?: |(?=>)|$)/;
const itemMark = /^( {0,12})(?:-|(\d{1,3}\.)) +(?=\S)/;
const anyMark = /[*`]|^ *(?:>|- |\d)/m;

/** The tree of a text. Takes time in proportion to the text, whatever it is; a text without a mark is one paragraph. */
export function formatted(text: string): Block[] {
  return blocksOf(text.split('\n'), 0, { left: elementsMost, cut: false });
}

/**
 * The words of a text without its marks, a line for each line. `cut` says that it is only the beginning of a text, where a
 * mark may lack its partner.
 */
export function plainText(text: string, cut = false): string {
  if (!anyMark.test(text)) return text;
  return wordsOf(blocksOf(text.split('\n'), 0, { left: elementsMost, cut }));
}

function wordsOf(blocks: readonly Block[]): string {
  return blocks
    .map((block) => {
      if (block.kind === 'code') return block.text;
      if (block.kind === 'quote') return wordsOf(block.inside);
      if (block.kind === 'paragraph') return wordsIn(block.inside);
      return block.items.map(({ number, inside }) => (number && `${number} `) + wordsIn(inside)).join('\n');
    })
    .join('\n');
}

/** The words of a line without its marks. */
export function wordsIn(inside: readonly Inline[]): string {
  return inside.map((one) => ('inside' in one ? wordsIn(one.inside) : one.text)).join('');
}

/** A stretch of a text in UTF-16 units, the end excluded. */
export interface Stretch {
  start: number;
  end: number;
}

/**
 * One line that was found, without its marks, and what was found in it. A line that begins or ends with "…" is a part of a
 * text: a mark in it may lack its partner.
 */
export function plainFound(line: string, found: readonly Stretch[]): { text: string; found: Stretch[] } {
  if (!anyMark.test(line)) return { text: line, found: [...found] };
  const begin = (/^(?:> ?)+|^ *- +/.exec(line)?.[0] ?? '').length;
  const budget = { left: elementsMost, cut: line.startsWith('…') || line.endsWith('…') };
  let text = '';
  const kept: Stretch[] = [];
  for (const piece of leavesOf(inlineOf(line.slice(begin), budget))) {
    const at = begin + piece.at;
    for (const one of found) {
      const start = Math.max(one.start, at) - at + text.length;
      const end = Math.min(one.end, at + piece.text.length) - at + text.length;
      const last = kept.at(-1);
      if (start >= end) continue;
      if (last?.end === start) last.end = end;
      else kept.push({ start, end });
    }
    text += piece.text;
  }
  return { text, found: kept };
}

function leavesOf(inside: readonly Inline[]): { at: number; text: string }[] {
  return inside.flatMap((one) => ('inside' in one ? leavesOf(one.inside) : [one]));
}

/** A block and the line after it. */
interface Found {
  block: Block;
  end: number;
}

function blocksOf(lines: readonly string[], depth: number, budget: Budget): Block[] {
  const ends = fenceEnds(lines);
  const blocks: Block[] = [];
  let from = 0;
  for (let at = 0; at < lines.length && budget.left > 0; ) {
    const found = codeAt(lines, at, ends[at] ?? -1) ?? quoteAt(lines, at, depth, budget) ?? listAt(lines, at, budget);
    if (!found) {
      at += 1;
      continue;
    }
    budget.left -= 1;
    // Blank lines beside another block are the room between both.
    blocks.push(...paragraph(lines, from, at, blocks.length > 0, true, budget), found.block);
    from = found.end;
    at = found.end;
  }
  blocks.push(...paragraph(lines, from, lines.length, blocks.length > 0, false, budget));
  return blocks;
}

/** For each line that may open a block of code the line that closes it, or -1. */
function fenceEnds(lines: readonly string[]): Int32Array {
  const ends = new Int32Array(lines.length).fill(-1);
  let next = -1;
  for (let at = lines.length - 1; at >= 0; at -= 1) {
    const open = fence.exec(lines[at] ?? '');
    if (!open) continue;
    ends[at] = next;
    if (open[1] === '') next = at;
  }
  return ends;
}

function codeAt(lines: readonly string[], at: number, end: number): Found | undefined {
  if (end <= at + 1) return undefined;
  const language = fence.exec(lines[at] ?? '')?.[1] ?? '';
  return { block: { kind: 'code', language, text: lines.slice(at + 1, end).join('\n') }, end: end + 1 };
}

function quoteAt(lines: readonly string[], at: number, depth: number, budget: Budget): Found | undefined {
  if (depth === quoteMost) return undefined;
  const inner: string[] = [];
  for (let line = lines[at]; line !== undefined && quoteMark.test(line); line = lines[at + inner.length]) {
    inner.push(line.replace(quoteMark, ''));
  }
  if (inner.every((line) => line.trim() === '')) return undefined;
  return { block: { kind: 'quote', inside: blocksOf(inner, depth + 1, budget) }, end: at + inner.length };
}

function listAt(lines: readonly string[], at: number, budget: Budget): Found | undefined {
  const items: Item[] = [];
  while (budget.left > 0) {
    const line = lines[at + items.length] ?? '';
    const [mark, spaces = '', number = ''] = itemMark.exec(line) ?? [];
    if (mark === undefined) break;
    budget.left -= 1;
    const indent = Math.min(indentMost, spaces.length >> 1);
    items.push({ indent, number, inside: inlineOf(line.slice(mark.length), budget) });
  }
  return items.length > 0 ? { block: { kind: 'list', items }, end: at + items.length } : undefined;
}

function paragraph(
  lines: readonly string[],
  from: number,
  to: number,
  after: boolean,
  before: boolean,
  budget: Budget,
): Block[] {
  let [start, end] = [from, to];
  while (after && start < end && lines[start]?.trim() === '') start += 1;
  while ((before || after) && end > start && lines[end - 1]?.trim() === '') end -= 1;
  if (start === end) return [];
  budget.left -= 1;
  return [{ kind: 'paragraph', inside: inlineOf(lines.slice(start, end).join('\n'), budget) }];
}
