import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { describe, expect, it } from 'vitest';
import { allEmoji, fromText, groupNames, recentMost, withRecent } from './data';
import { findEmoji } from './find';
import { shownOf } from './font';
import { stepped } from './Grid';
import { inTone } from './tone';

interface Source {
  emoji: string;
  group?: number;
  version: number;
  skins?: { emoji: string; tone: number | number[] }[];
}

const source = JSON.parse(
  readFileSync(createRequire(import.meta.url).resolve('emojibase-data/en/data.json'), 'utf8'),
) as Source[];
const found = (query: string) => findEmoji(allEmoji, query).map((one) => one.emoji);

describe('the emoji', () => {
  it('are each there once, in groups, with a name in both languages', () => {
    expect(new Set(allEmoji.map((one) => one.emoji)).size).toBe(allEmoji.length);
    expect(allEmoji.length).toBeGreaterThan(1800);
    for (const group of groupNames) expect(allEmoji.filter((one) => one.group === group).length).toBeGreaterThan(50);
    for (const one of allEmoji) {
      expect(one.english.name, one.emoji).toMatch(/^[\x20-\x7e’“”À-ſ]+$/);
      expect(one.chinese.name, one.emoji).not.toBe('');
    }
    // "OK" is called so.
    expect(allEmoji.filter((one) => !/[\u4e00-\u9fff]/.test(one.chinese.name)).length).toBeLessThan(20);
    expect(allEmoji.find((one) => one.emoji === '👋')).toMatchObject({ group: 'people', toned: true, codes: ['wave'] });
  });

  it('have the skins that Unicode has', () => {
    const toned = source.filter((one) => one.skins && one.group !== undefined && one.version <= 15.1);
    expect(toned.length).toBeGreaterThan(300);
    const bare = (text: string) => text.replaceAll('\uFE0F', '');
    for (const { emoji, skins } of toned) {
      const entry = allEmoji.find((one) => bare(one.emoji) === bare(emoji));
      for (const tone of [1, 2, 3, 4, 5]) {
        const same = skins?.find((skin) => [skin.tone].flat().join() === String(tone));
        expect(inTone({ emoji, toned: entry?.toned ?? false }, tone), emoji).toBe(same?.emoji);
      }
      expect(inTone({ emoji, toned: true }, 0)).toBe(emoji);
    }
    expect(inTone({ emoji: '👪', toned: false }, 3)).toBe('👪');
  });
});

describe('looking for one', () => {
  it('finds names in both languages by their beginning and their middle', () => {
    expect(found('penguin')[0]).toBe('🐧');
    expect(found('peng')).toContain('🐧');
    expect(found('engui')).toContain('🐧');
    expect(found('企鹅')[0]).toBe('🐧');
    expect(found('鹅')).toContain('🐧');
    expect(found('  THUMBS  up ')[0]).toBe('👍');
  });

  it('finds codes with and without colons', () => {
    expect(found(':tada:')[0]).toBe('🎉');
    expect(found('tada')[0]).toBe('🎉');
    expect(found('+1')[0]).toBe('👍');
  });

  it('finds what it is about, after what is called so', () => {
    const all = found('cat');
    expect(all[0]).toBe('🐈');
    expect(all[1]).toBe('🐱');
    expect(found('celebrate')).toContain('🎉');
    expect(found('庆祝')).toContain('🎉');
  });

  it('wants every word, and says nothing for nonsense', () => {
    expect(found('red heart')[0]).toBe('❤️');
    expect(found('red zzzz')).toEqual([]);
    expect(found('.*')).toEqual([]);
  });
});

describe('those used last', () => {
  it('stand first, each once, without a skin, and no more than three rows', () => {
    expect(withRecent('', '🎉')).toBe('🎉');
    expect(withRecent('👍 🎉', '🎉')).toBe('🎉 👍');
    const many = allEmoji.slice(0, 40).reduce((text, one) => withRecent(text, one.emoji), '');
    expect(many.split(' ')).toHaveLength(recentMost);
    expect(many.split(' ')[0]).toBe(allEmoji[39]?.emoji);
    expect(new TextEncoder().encode(many).length).toBeLessThan(2048);
  });

  it('are only those that exist', () => {
    expect(fromText('x 🎉 <b> 🎉 👍').map((one) => one.emoji)).toEqual(['🎉', '👍']);
    expect(fromText('')).toEqual([]);
  });
});

describe('what the fonts show', () => {
  const few = (change: object) => shownOf(allEmoji, { any: true, flags: true, versions: new Set<number>(), ...change });
  const texts = (list: readonly { emoji: string }[]) => list.map((one) => one.emoji);

  it('is all that is offered', () => {
    expect(texts(few({}))).not.toContain('🫨');
    expect(texts(few({}))).toContain('😀');
    expect(texts(few({ versions: new Set([15]) }))).toContain('🫨');
    expect(texts(few({ flags: false }))).not.toContain('🇫🇷');
    expect(texts(few({ flags: false }))).toContain('🏁');
    expect(few({ any: false })).toHaveLength(allEmoji.length);
  });
});

describe('keys in the grid', () => {
  it.each([
    ['ArrowRight', false, 3, 4],
    ['ArrowRight', false, 19, 19],
    ['ArrowLeft', false, 0, 0],
    ['ArrowDown', false, 2, 10],
    ['ArrowDown', false, 15, 19],
    ['ArrowDown', false, 17, 17],
    ['ArrowUp', false, 9, 1],
    ['ArrowUp', false, 3, -1],
    ['Home', false, 12, 8],
    ['End', false, 9, 15],
    ['End', false, 17, 19],
    ['Home', true, 12, 0],
    ['End', true, 2, 19],
    ['PageDown', false, 2, 19],
    ['PageUp', false, 18, 0],
    ['a', false, 3, undefined],
  ])('%s (Ctrl %s) from %i goes to %s', (key, ctrl, at, wanted) => expect(stepped(key, ctrl, at, 20)).toBe(wanted));
});
