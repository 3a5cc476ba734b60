import { render } from '@testing-library/react';
import { describe, expect, it, vi } from 'vitest';
import { sampleConversation, sampleMessage } from '@/backend/samples';
import corpus from '../../../e2e/xss.txt?raw';
import { piecesOf } from './links';
import { MessageRow } from './MessageRow';
import { timelineRows } from './rows';
import { speakerOf } from './words';

/** The texts of the corpus, as e2e/xss.mjs reads them. */
const texts = corpus
  .split('\n')
  .filter((line) => line !== '' && !line.startsWith('# '))
  .map((line) =>
    line
      .replaceAll('##', 'run()')
      .replaceAll('@@', 'http://listener.example/1')
      .replaceAll(/\\u\{([0-9a-f]+)(?:\*(\d+))?\}/g, (_, digits: string, count?: string) =>
        String.fromCodePoint(Number.parseInt(digits, 16)).repeat(Number(count ?? 1)),
      ),
  );

const speaker = speakerOf(sampleConversation('ana', { name: 'Ana' }), 'Ana');

/** The element that holds exactly this text, and nothing around it. */
function holderOf(container: HTMLElement, text: string): Element | undefined {
  return [...container.querySelectorAll('*')].filter((element) => element.textContent === text).at(-1);
}

describe('texts that look like markup', () => {
  it('are enough', () => expect(texts.length).toBeGreaterThan(150));

  it.each(texts.map((text) => [JSON.stringify(text).slice(0, 60), text]))('%s', (_, text) => {
    const [row] = timelineRows([sampleMessage('ana', 1, { text })], false, undefined);
    if (!row) throw new Error('no row');
    const { container } = render(
      <MessageRow
        row={row}
        speaker={speaker}
        links
        limits={{ silent: false, readOnly: false }}
        newCount={0}
        today=""
        opened={undefined}
        marked={false}
        edited={false}
        onAction={vi.fn()}
        onToggle={vi.fn()}
        onFollow={vi.fn()}
      />,
    );
    const holder = holderOf(container, text);
    expect(holder, container.innerHTML.slice(0, 500)).toBeDefined();
    const addresses = piecesOf(text).flatMap(({ address }) => (address ? [address] : []));
    // Under the text are texts and links, and each link leads to a web address that was found in it.
    for (const element of holder?.querySelectorAll('*') ?? []) {
      expect(element.childElementCount).toBe(0);
      if (element.localName === 'span') continue;
      expect(element.localName).toBe('a');
      expect(addresses).toContain(element.getAttribute('href'));
      expect(element.getAttribute('href')).toMatch(/^https?:\/\/[^/@]+(\/|$)/);
    }
    for (const element of container.querySelectorAll('*')) {
      expect(element.localName).not.toMatch(
        /^(script|iframe|object|embed|base|form|style|link|meta|img|video|audio|x|xss)$/,
      );
      for (const { name } of element.attributes) expect(name).not.toMatch(/^on|srcdoc|srcset|ping/);
    }
  });
});
