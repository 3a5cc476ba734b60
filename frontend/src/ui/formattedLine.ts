import type { Budget, Inline } from './formatted';
import { piecesOf } from './links';

type Emphasis = 'bold' | 'italic';

const signs = { bold: '**', italic: '*' } as const;
const runs = /\*+|`+|\n/g;
const space = /\s/;
/** Between two of these a star is a sign of arithmetic, or belongs to a name. */
const letter = /[\p{Script=Latin}\p{Script=Greek}\p{Script=Cyrillic}\p{N}_]/u;
/** Beside one of these a star belongs to a path, a pattern or a sum. */
const glue = /[/\\=+^|$&]/;

/** Words that are drawn in one way; the last one of a stack is being read. */
interface Frame {
  kind: Emphasis | undefined;
  at: number;
  inside: Inline[];
}

/** The formats within a paragraph or an item. */
export function inlineOf(text: string, budget: Budget): Inline[] {
  return new Reader(text, budget).read();
}

/**
 * Reads from left to right, once. At most one bold and one italic are open at a time, so that nothing nests deeper, and each
 * piece is moved at most twice when a mark turns out to lack its partner.
 */
class Reader {
  readonly #text: string;
  readonly #budget: Budget;
  #frames: Frame[] = [{ kind: undefined, at: 0, inside: [] }];

  constructor(text: string, budget: Budget) {
    this.#text = text;
    this.#budget = budget;
  }

  read(): Inline[] {
    const text = this.#text;
    const links = piecesOf(text).filter((piece) => piece.address !== undefined);
    const found = [...text.matchAll(runs)];
    const partners = codeEnds(found);
    let done = 0;
    let link = 0;
    const linksUntil = (end: number) => {
      for (let next = links[link]; next && next.at < end; next = links[++link]) {
        if (next.at < done || this.#budget.left <= 0) continue;
        this.#words(done, next.at);
        this.#budget.left -= 1;
        this.#put({ kind: 'link', at: next.at, text: next.text, address: next.address ?? '' });
        done = next.at + next.text.length;
      }
    };
    for (const [index, run] of found.entries()) {
      const { index: at } = run;
      const [sign] = run;
      linksUntil(at);
      if (at < done) continue;
      if (sign.startsWith('`')) {
        const end = partners[index] ?? -1;
        const code = end < 0 || this.#budget.left <= 0 ? undefined : codeOf(text, at + sign.length, end);
        if (!code && !(this.#budget.cut && end < 0)) continue;
        this.#words(done, at);
        done = (code ? end : at) + sign.length;
        if (!code) continue;
        this.#budget.left -= 1;
        this.#put(code);
        continue;
      }
      this.#words(done, at);
      done = at + sign.length;
      if (sign === '\n') {
        this.#dissolve(1);
        this.#words(at, done);
      } else this.#stars(at, done);
    }
    linksUntil(text.length);
    this.#words(done, text.length);
    this.#dissolve(1);
    return this.#frames[0]?.inside ?? [];
  }

  get #top(): Inline[] {
    return this.#frames.at(-1)?.inside ?? [];
  }

  #put(piece: Inline): void {
    const before = this.#top.at(-1);
    // Two stretches that touch are one.
    if (piece.kind === 'text' && before?.kind === 'text' && before.at + before.text.length === piece.at)
      before.text = this.#text.slice(before.at, piece.at + piece.text.length);
    else this.#top.push(piece);
  }

  #words(from: number, to: number): void {
    if (to > from) this.#put({ kind: 'text', at: from, text: this.#text.slice(from, to) });
  }

  #stars(from: number, to: number): void {
    const before = this.#text.charAt(from - 1) || ' ';
    const next = this.#text.charAt(to) || ' ';
    const within = letter.test(before) && letter.test(next);
    const opens = !within && !space.test(next) && !glue.test(next) && !glue.test(before) && before !== '.';
    const closes = !within && !space.test(before) && !glue.test(next);
    const length = to - from;
    const kinds: Emphasis[] =
      length === 1 ? ['italic'] : length === 2 ? ['bold'] : length === 3 ? ['bold', 'italic'] : [];
    const open = kinds.filter((kind) => this.#frames.some((frame) => frame.kind === kind));
    if (closes && open.length > 0) {
      // What was opened last is closed first; what is not open stays a character.
      const ordered = open.sort((one, other) => this.#depth(other) - this.#depth(one));
      let at = from;
      for (const kind of ordered) {
        this.#close(kind);
        at += signs[kind].length;
      }
      this.#words(at, to);
    } else if (opens && kinds.length > 0 && this.#budget.left > kinds.length) {
      let at = from;
      for (const kind of kinds) {
        const depth = this.#depth(kind);
        if (depth > 0) this.#forget(depth);
        this.#frames.push({ kind, at, inside: [] });
        at += signs[kind].length;
      }
    } else if (!(this.#budget.cut && closes && kinds.length > 0)) this.#words(from, to);
  }

  #depth(kind: Emphasis): number {
    return this.#frames.findIndex((frame) => frame.kind === kind);
  }

  #close(kind: Emphasis): void {
    const depth = this.#depth(kind);
    this.#dissolve(depth + 1);
    const frame = this.#frames.pop();
    if (!frame) return;
    this.#budget.left -= 1;
    this.#put({ kind, at: frame.at, inside: frame.inside });
  }

  /** Marks at this depth and above lack their partners: they are characters. */
  #dissolve(depth: number): void {
    while (this.#frames.length > depth) this.#forget(this.#frames.length - 1);
  }

  /** One mark is a character, and what stands behind it belongs to what is below. */
  #forget(depth: number): void {
    const [frame] = this.#frames.splice(depth, 1);
    const above = this.#frames.splice(depth);
    if (frame?.kind && !this.#budget.cut) this.#words(frame.at, frame.at + signs[frame.kind].length);
    for (const piece of frame?.inside ?? []) this.#put(piece);
    this.#frames.push(...above);
  }
}

/** Code without the one space at each side that keeps a backtick of its own apart from the mark; undefined where there is nothing. */
function codeOf(text: string, from: number, to: number): Inline | undefined {
  const inside = text.slice(from, to);
  if (inside.trim() === '') return undefined;
  return inside.startsWith(' ') && inside.endsWith(' ') && inside.includes('`')
    ? { kind: 'code', at: from + 1, text: inside.slice(1, -1) }
    : { kind: 'code', at: from, text: inside };
}

/** For each run of backticks where the next one of its length begins, or -1; only three and more reach over lines. */
function codeEnds(found: readonly RegExpExecArray[]): number[] {
  const ends = new Array<number>(found.length).fill(-1);
  const near = new Map<number, number>();
  const far = new Map<number, number>();
  for (let index = found.length - 1; index >= 0; index -= 1) {
    const run = found[index];
    const sign = run?.[0] ?? '';
    if (sign === '\n') near.clear();
    if (!sign.startsWith('`')) continue;
    const held = sign.length < 3 ? near : far;
    ends[index] = held.get(sign.length) ?? -1;
    held.set(sign.length, run?.index ?? -1);
  }
  return ends;
}
