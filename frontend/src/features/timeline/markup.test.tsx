import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { fakeReply } from '@/backend/fake-changes';
import { sampleConversation, sampleMessage } from '@/backend/samples';
import { forbiddenIn, hostileTexts } from '@/backend/samples-hostile';
import { session } from '@/model';
import { resetModel } from '@/model/reset';
import { cleanup, render } from '@/testing';
import { linkAddress, piecesOf, plainText } from '@/ui';
import { MessageRow } from './MessageRow';
import { timelineRows } from './rows';
import { speakerOf } from './words';

const ran = vi.fn();
const nothing = () => undefined;

beforeEach(() => {
  resetModel();
  ran.mockClear();
  vi.stubGlobal('run', ran);
});

afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

/** A message of somebody by that name, with that text, that answers the same text. */
function shown(name: string, text: string): HTMLElement {
  const quoted = sampleMessage('ana', 1, { text });
  const message = sampleMessage('ana', 2, { text, reply: fakeReply(quoted) });
  const row = timelineRows([message], true, undefined)[0];
  if (!row) throw new Error('there is no row');
  const { container } = render(
    <MessageRow
      row={row}
      speaker={speakerOf(sampleConversation('ana', { name }), name)}
      links
      limits={{ silent: false, readOnly: false }}
      newCount={0}
      today=""
      opened={undefined}
      marked={false}
      edited={false}
      onAction={nothing}
      onToggle={nothing}
      selecting={false}
      selected={false}
      news={false}
      onFollow={nothing}
      onPick={nothing}
    />,
  );
  return container;
}

/** What a format may be made of, and the attributes that it may have. */
const elements: Readonly<Record<string, readonly string[]>> = {
  p: ['dir'],
  span: ['dir'],
  strong: [],
  em: [],
  code: [],
  pre: ['dir', 'data-language'],
  blockquote: ['dir'],
  ul: [],
  li: ['dir', 'data-indent', 'data-number'],
  a: ['href', 'rel'],
};

/** The characters of a text that a reader sees. */
const solid = (text: string) => text.replaceAll(/\s+/gu, '');

describe('what people write', () => {
  it('is hostile in many ways', () => expect(hostileTexts.length).toBeGreaterThan(240));

  it.each(hostileTexts.map((text) => [JSON.stringify(text).slice(0, 60), text]))(
    'shows hostile text as text: %s',
    async (_, text) => {
      const page = shown(text, text);
      const place = page.querySelector('[data-text]');
      expect(solid(place?.textContent ?? '')).toBe(solid(plainText(text)));
      const addresses = piecesOf(text).flatMap(({ address }) => (address ? [address] : []));
      for (const element of place?.querySelectorAll('*') ?? []) {
        const allowed = elements[element.localName];
        expect(allowed, element.outerHTML).toBeDefined();
        const names = [...element.attributes].map(({ name }) => name).filter((name) => name !== 'class');
        expect([...(allowed ?? [])], element.outerHTML).toEqual(expect.arrayContaining(names));
        const href = element.getAttribute('href');
        if (href === null) continue;
        // A link leads to a web address that stands in the text, and what is drawn of it is that address.
        expect(addresses).toContain(href);
        expect(linkAddress(element.textContent ?? '')).toBe(href);
        expect(href).toMatch(/^https?:\/\/[^/@]+(\/|$)/);
      }
      expect(forbiddenIn(page)).toEqual([]);
      // The name and the text that is answered are nothing but words.
      expect(page.querySelector('button b')?.textContent).toBe(text);
      expect(page.querySelectorAll('button :is(a, code, strong, em)')).toHaveLength(0);
      // What would run, runs in its own time.
      await new Promise((resolve) => setTimeout(resolve, 0));
      expect(ran).not.toHaveBeenCalled();
    },
  );

  it('shows every character of it where formats are off', () => {
    const { settings } = session.getState();
    session.setState({ settings: { ...settings, asWritten: true } });
    for (const text of hostileTexts) {
      const page = shown('Ana', text);
      expect(page.querySelector('[data-text]')?.textContent).toBe(text);
      expect(page.querySelectorAll('[data-text] :not(span, a)')).toHaveLength(0);
      expect(forbiddenIn(page)).toEqual([]);
      cleanup();
    }
  });

  it('knows what it looks for', () => {
    const page = document.createElement('div');
    page.innerHTML =
      '<p onclick="x"></p><a href="javascript:x"></a><iframe></iframe><img><a ping="x" href="https://a.example"></a>';
    expect(forbiddenIn(page)).toHaveLength(5);
  });
});
