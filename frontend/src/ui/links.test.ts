import { describe, expect, it } from 'vitest';
import { linkAddress, piecesOf } from './links';

const addresses = (text: string) => piecesOf(text).flatMap((piece) => (piece.address ? [piece.address] : []));

describe('piecesOf', () => {
  it.each([
    ['see https://a.example/notes.', ['https://a.example/notes']],
    ['(https://a.example/x)', ['https://a.example/x']],
    ['https://a.example/wiki/Tin_(can)', ['https://a.example/wiki/Tin_(can)']],
    ['“https://a.example”, then http://b.example!', ['https://a.example/', 'http://b.example/']],
    ['在 https://a.example/路径，很好', ['https://a.example/%E8%B7%AF%E5%BE%84%EF%BC%8C%E5%BE%88%E5%A5%BD']],
    ['HTTPS://A.EXAMPLE', ['https://a.example/']],
    ['xhttps://a.example', []],
    ['javascript:alert(1) data:text/html,x file:///etc ftp://a tincan:invite/1#x', []],
    ['https://', []],
    ['https://user:secret@bank.example/', []],
    ['nothing here', []],
  ])('%s', (text, found) => expect(addresses(text)).toEqual(found));

  it('shows a look-alike host by its true letters', () => {
    expect(linkAddress('https://аpple.com/')).toBe('https://xn--pple-43d.com/');
  });

  it('never loses or adds a character, whatever the text', () => {
    const parts = [
      'https://',
      'http://a.b',
      ' ',
      '\n',
      '(',
      ')',
      '.',
      '，',
      'é',
      '😀',
      '<',
      '"',
      '[',
      ']',
      '\u202e',
      '%',
      '@',
      'x',
    ];
    let seed = 7;
    const next = (most: number) => {
      seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648;
      return seed % most;
    };
    for (let turn = 0; turn < 2000; turn++) {
      const text = Array.from({ length: next(12) }, () => parts[next(parts.length)]).join('');
      const pieces = piecesOf(text);
      expect(pieces.map((piece) => piece.text).join('')).toBe(text);
      for (const { address } of pieces) if (address) expect(address).toMatch(/^https?:\/\//);
    }
  });
});
