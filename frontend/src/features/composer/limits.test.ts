import { describe, expect, it } from 'vitest';
import { byteLength, countFrom, kibibytes, measureText, sendsMessage, textMost } from './limits';

describe('measureText', () => {
  it('counts from 30 KiB and refuses over 32 KiB, in bytes', () => {
    expect(measureText('a'.repeat(countFrom))).toMatchObject({ counted: false, tooLong: false, sendable: true });
    expect(measureText('a'.repeat(countFrom + 1))).toMatchObject({ counted: true, tooLong: false, sendable: true });
    expect(measureText('a'.repeat(textMost))).toMatchObject({ tooLong: false, sendable: true });
    expect(measureText('a'.repeat(textMost + 1))).toMatchObject({ counted: true, tooLong: true, sendable: false });
    expect(measureText('中'.repeat(textMost / 3 + 1))).toMatchObject({ tooLong: true });
    expect(byteLength('é中😀')).toBe(2 + 3 + 4);
  });

  it('sends nothing that is only space', () => {
    expect(measureText(' \n\t').sendable).toBe(false);
    expect(measureText('').sendable).toBe(false);
  });

  it('never shows a limit that is crossed as kept', () => {
    expect(kibibytes(textMost)).toBe('32.0');
    expect(kibibytes(textMost + 1)).toBe('32.1');
  });
});

describe('sendsMessage', () => {
  const plain = {
    key: 'Enter',
    shiftKey: false,
    ctrlKey: false,
    altKey: false,
    metaKey: false,
    isComposing: false,
    keyCode: 13,
  };
  it.each([
    ['Enter', {}, true],
    ['Ctrl Enter', { ctrlKey: true }, true],
    ['Shift Enter', { shiftKey: true }, false],
    ['Enter of an input method', { isComposing: true }, false],
    ['Enter of an input method in an older engine', { keyCode: 229 }, false],
    ['another key', { key: 'a' }, false],
  ])('%s: %o %s', (_name, change, sends) => expect(sendsMessage({ ...plain, ...change })).toBe(sends));
});
