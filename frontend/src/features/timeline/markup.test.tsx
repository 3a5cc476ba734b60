import { cleanup, render } from '@testing-library/react';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { fakeReply } from '@/backend/fake-changes';
import { sampleConversation, sampleMessage } from '@/backend/samples';
import { forbiddenIn, hostileTexts, skeleton } from '@/backend/samples-hostile';
import { MessageRow } from './MessageRow';
import { timelineRows } from './rows';
import { speakerOf } from './words';

const pwned = vi.fn();
const nothing = () => undefined;

beforeEach(() => {
  pwned.mockClear();
  vi.stubGlobal('pwned', pwned);
});

afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

/** A message of somebody by that name, with that text, that answers the same text. */
function shown(name: string, text: string): Element {
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
      onFollow={nothing}
    />,
  );
  return container;
}

describe('what people write', () => {
  it('shows hostile text as text', async () => {
    const plain = skeleton(shown('Ana', 'nothing that anybody would call markup'));
    cleanup();
    for (const text of hostileTexts) {
      const page = shown(text, text);
      expect(page.textContent, text).toContain(text);
      expect(skeleton(page), text).toEqual(plain);
      expect(forbiddenIn(page), text).toEqual([]);
      cleanup();
    }
    // What would run, runs in its own time.
    await new Promise((resolve) => setTimeout(resolve, 0));
    expect(pwned).not.toHaveBeenCalled();
  });

  it('knows what it looks for', () => {
    const page = document.createElement('div');
    page.innerHTML = '<p onclick="x"></p><a href="javascript:x"></a><iframe></iframe><a href="https://a.example"></a>';
    expect(forbiddenIn(page)).toHaveLength(3);
  });
});
