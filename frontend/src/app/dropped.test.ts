import { beforeEach, describe, expect, it } from 'vitest';
import { session, view } from '@/model';
import { resetModel } from '@/model/reset';
import { linkIn, takeDropped } from './dropped';

const link = 'tincan:invite/1#AbC_123-xyz';

/** What is dropped, by its type. */
const dropped = (texts: Record<string, string>) => ({ getData: (type: string) => texts[type] ?? '' }) as DataTransfer;

describe('a link in a text', () => {
  it('is found wherever it stands', () => {
    for (const text of [
      link,
      `Come to me: ${link}`,
      `<${link}>`,
      `("${link}")`,
      `one\n${link}\ntwo`,
      link.toUpperCase(),
    ])
      expect(linkIn(text).toLowerCase()).toBe(link.toLowerCase());
  });

  it('is nothing else, and not too long', () => {
    for (const text of [
      '',
      'https://example.org/',
      'nottincan:x',
      'tincan:',
      `tincan:${'x'.repeat(9000)}`,
      `${' '.repeat(70_000)}${link}`,
    ])
      expect(linkIn(text)).toBe('');
  });
});

describe('what is dropped on the window', () => {
  beforeEach(() => {
    resetModel();
    session.setState({ status: 'ready' });
  });

  it('opens Add contact with the link filled in, and does nothing more', () => {
    expect(takeDropped(dropped({ 'text/uri-list': link }))).toBe(true);
    expect(view.getState().dialog).toEqual({ kind: 'add-contact', tab: 'paste', link });
    // A dialog that is open keeps what is in it.
    expect(takeDropped(dropped({ 'text/plain': link }))).toBe(false);
  });

  it('is left alone when it has no invite, and before there is a profile', () => {
    expect(takeDropped(dropped({ 'text/plain': 'hello', 'text/uri-list': 'file:///etc/passwd' }))).toBe(false);
    expect(takeDropped(null)).toBe(false);
    session.setState({ firstRun: true });
    expect(takeDropped(dropped({ 'text/plain': link }))).toBe(false);
    expect(view.getState().dialog).toBeUndefined();
  });
});
