import { describe, expect, it } from 'vitest';
import { type Block, formatted, type Inline, plainFound, plainText } from './formatted';

/** The tree in short: B(bold) I(italic) C(code) A(link), [blocks]. */
function line(inside: readonly Inline[]): string {
  return inside
    .map((one) => {
      if (one.kind === 'text') return one.text;
      if ('inside' in one) return `${one.kind === 'bold' ? 'B' : 'I'}(${line(one.inside)})`;
      return `${one.kind === 'code' ? 'C' : 'A'}(${one.text})`;
    })
    .join('');
}

function short(blocks: readonly Block[]): string {
  return blocks
    .map((block) => {
      if (block.kind === 'paragraph') return line(block.inside);
      if (block.kind === 'code') return `[code ${block.language}|${block.text}]`;
      if (block.kind === 'quote') return `[quote ${short(block.inside)}]`;
      return `[list ${block.items.map((one) => `${one.indent}${one.number || '-'} ${line(one.inside)}`).join('|')}]`;
    })
    .join('¶');
}

const drawn = (text: string) => short(formatted(text));

function depth(blocks: readonly Block[]): number {
  const within = (inside: readonly Inline[]): number =>
    Math.max(0, ...inside.map((one) => ('inside' in one ? 1 + within(one.inside) : 0)));
  return Math.max(
    0,
    ...blocks.map((block) => {
      if (block.kind === 'quote') return 1 + depth(block.inside);
      if (block.kind === 'list') return 1 + Math.max(...block.items.map((one) => within(one.inside)));
      return block.kind === 'paragraph' ? within(block.inside) : 0;
    }),
  );
}

/** What is left of a text without the words in this order; undefined when they are no part of it. */
function rest(text: string, words: string): string | undefined {
  let left = '';
  let at = 0;
  for (const character of words) {
    const next = text.indexOf(character, at);
    if (next < 0) return undefined;
    left += text.slice(at, next);
    at = next + character.length;
  }
  return left + text.slice(at);
}

describe('formatted', () => {
  it.each([
    ['a **bold** and *it* `code`', 'a B(bold) and I(it) C(code)'],
    ['***both*** **a *b***', 'B(I(both)) B(a I(b))'],
    ['这是**重点：**吗', '这是B(重点：)吗'],
    ['**a**, *b*.', 'B(a), I(b).'],
    ['`` a`b `` `*x*`', 'C(a`b) C(*x*)'],
    ['> q\n> - a\n> > deep\nafter', '[quote q¶[list 0- a]¶[quote deep]]¶after'],
    ['- a\n  - b\n7. c\n\ntext', '[list 0- a|1- b|07. c]¶text'],
    ['look:\n\n```js\nx *y*\n```\nend', 'look:¶[code js|x *y*]¶end'],
    ['one\n\n\ntwo', 'one\n\n\ntwo'],
    ['**https://a.example/x**', 'B(A(https://a.example/x))'],
    ['*see https://a.example/*x*y*', 'I(see A(https://a.example/*x*y))'],
  ])('%j', (text, tree) => expect(drawn(text)).toBe(tree));

  it.each([
    '2*3*4 and 2 * 3',
    '**/*.ts and **/*.tsx',
    'f(*args, **kwargs)',
    '**open *too',
    '*over\ntwo lines*',
    '`over\ntwo lines`',
    '```\nnever closed',
    '```\n```',
    '**** ** ** *** _x_ __init__ ~~y~~ # z',
    '*****x*****',
    '>:( and ->',
    '> \n>',
    '-1 -x 1.5 1234. -',
    '¯\\_(ツ)_/¯ \\*x\\',
    '![x](y) <b>x</b> &amp; | a | b |',
  ])('leaves what is no mark as it was written: %j', (text) => {
    expect(drawn(text)).toBe(text);
    expect(plainText(text)).toBe(text);
  });

  it('never puts words in front of an address', () => {
    expect(drawn('[my bank](https://a.example/x)')).toBe('[my bank](A(https://a.example/x))');
    expect(drawn('[https://bank.example](https://a.example/)')).toBe('[https://bank.example](https://a.example/)');
    expect(drawn('[x](javascript:run()) `https://a.example`')).toBe('[x](javascript:run()) C(https://a.example)');
  });
});

const parts = [
  ...[
    '*',
    '**',
    '***',
    '`',
    '``',
    '```',
    '```\n',
    '```go\n',
    '\n',
    '\n\n',
    '> ',
    '>',
    '- ',
    '  - ',
    '1. ',
    '22. ',
    ' ',
  ],
  ...[
    'a',
    'é',
    '字',
    '😀',
    '.',
    '，',
    '(',
    ')',
    '[',
    '](',
    'https://a.b/',
    '_',
    '\\',
    '/',
    '\u202e',
    '\u0000',
    '\t',
    '\r\n',
  ],
];

/** Many texts that are made of marks, the same in each run. */
function* texts(count: number): Generator<string> {
  let seed = 11;
  const next = (most: number) => {
    seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648;
    return Math.floor((seed / 2_147_483_648) * most);
  };
  for (let turn = 0; turn < count; turn += 1)
    yield Array.from({ length: next(24) }, () => parts[next(parts.length)]).join('');
}

/** Parts of a text that goes on so, and how deep it may nest. */
const endless: [string, number][] = [
  ['*', 1],
  ['*a ', 1],
  ['**a *b ', 1],
  ['*a* ', 1],
  ['a*b** ', 1],
  ['> ', 4],
  ['>', 4],
  ['> > > > > > x\n', 4],
  ['`', 1],
  ['`a ``b ', 1],
  ['```js\n', 1],
  ['- a\n', 1],
  ['1. ', 1],
  ['[', 1],
  ['http://a.b ', 1],
  ['\n', 0],
  [' ', 0],
  ['> a\n\n', 1],
];

describe('any text', () => {
  it('loses nothing but its marks', () => {
    for (const text of texts(20_000)) {
      const words = plainText(text);
      const left = rest(text, words);
      expect(left, JSON.stringify(text)).toBeDefined();
      // The language stands above its code.
      expect((left ?? '').replaceAll('go', ''), JSON.stringify(text)).toMatch(/^[*`>\- \t\r\n]*$/);
      expect(depth(formatted(text)), JSON.stringify(text)).toBeLessThanOrEqual(4 + 1 + 2);
    }
  });

  it('is the same text when it has no marks', () => {
    for (const text of texts(4000)) {
      const bare = text.replaceAll(/[*`>\-\d]/g, '');
      expect(plainText(bare)).toBe(bare);
      const [one, ...more] = formatted(bare);
      expect(more).toEqual([]);
      expect(one?.kind ?? 'paragraph').toBe('paragraph');
    }
  });

  it.each(endless)('of 60 KB of %j is read in time, and is bounded', (unit, deepest) => {
    const text = unit.repeat(61_440 / unit.length);
    // As long as a hundred times shorter texts, a hundred of them: a parser that looks back takes a hundred times longer.
    const part = unit.repeat(614 / unit.length);
    const time = (work: () => void) => {
      const start = performance.now();
      work();
      return performance.now() - start;
    };
    time(() => formatted(text));
    const whole = Math.min(...[1, 2, 3].map(() => time(() => formatted(text))));
    const apart = time(() => {
      for (let turn = 0; turn < 100; turn += 1) formatted(part);
    });
    expect(whole).toBeLessThan(15 * apart + 50);
    expect(depth(formatted(text))).toBeLessThanOrEqual(deepest + 2);
    expect(JSON.stringify(formatted(text)).match(/"kind":"(?!text)/g)?.length ?? 0).toBeLessThanOrEqual(2010);
    expect(rest(text, plainText(text))).toBeDefined();
  });

  it('of addresses that end in brackets and stops is read in time', () => {
    for (const end of [')', ']', '.', ').', '*']) {
      const times = [1, 2, 3].map(() => {
        const start = performance.now();
        formatted(`http://a.b/${end.repeat(60_000 / end.length)}`);
        formatted(`http://a.b/${end.repeat(60_000 / end.length)}x`);
        return performance.now() - start;
      });
      // A few milliseconds; one that looks back at each character takes seconds.
      expect(Math.min(...times)).toBeLessThan(500);
    }
  });
});

describe('a part of a text', () => {
  it('has no marks whose partner was cut off', () => {
    expect(plainText('see **the whole', true)).toBe('see the whole');
    expect(plainText('see **the whole')).toBe('see **the whole');
    expect(plainText('run `make', true)).toBe('run make');
  });

  it('keeps what was found in it marked', () => {
    const found = (text: string, ...words: string[]) => {
      const shown = plainFound(
        text,
        words.map((word) => ({ start: text.indexOf(word), end: text.indexOf(word) + word.length })),
      );
      return [shown.text, ...shown.found.map(({ start, end }) => shown.text.slice(start, end))];
    };
    expect(found('the **ferry** leaves', 'ferry', 'leaves')).toEqual(['the ferry leaves', 'ferry', 'leaves']);
    expect(found('> the **ferry** *leaves*', '> the **fer', 'ry** *le')).toEqual(['the ferry leaves', 'the ferry le']);
    expect(found('…sealed** and `sent` by *the…', '**', 'sent', 'the')).toEqual([
      '…sealed and sent by the…',
      'sent',
      'the',
    ]);
    expect(found('plain', 'ain')).toEqual(['plain', 'ain']);
  });
});
