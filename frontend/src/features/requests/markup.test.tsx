import { afterEach, describe, expect, it, vi } from 'vitest';
import { type Request, setBackend } from '@/backend';
import { FakeBackend } from '@/backend/fake';
import { sampleState } from '@/backend/samples';
import { forbiddenIn, hostileTexts } from '@/backend/samples-hostile';
import { session, synchronise } from '@/model';
import { resetModel } from '@/model/reset';
import { cleanup, fireEvent, render, waitFor } from '@/testing';
import RequestsView from './index';

afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

/** Some at a time, so that no test is long. */
const all = [...hostileTexts, 'https://example.org/?<b>'];
const parts = Array.from({ length: Math.ceil(all.length / 16) }, (_, part) => all.slice(16 * part, 16 * (part + 1)));

describe('what strangers write', () => {
  it.each(parts)('shows hostile names, texts and labels as text, and nothing in them is live: %#', async (...texts) => {
    const ran = vi.fn();
    vi.stubGlobal('run', ran);
    for (const text of texts) {
      resetModel();
      const one: Request = {
        id: 'x',
        peerId: 'tc1x',
        name: text,
        color: 6,
        text,
        time: new Date().toISOString(),
        inviteLabel: text,
        inviteMade: '2026-11-18T18:00:00.000Z',
        safetyNumber: '30921 77450 18263 99014 52380 64197 08351 46720 91538 27046 63819 05274',
      };
      const fake = new FakeBackend({ state: sampleState([], { requests: [one] }) });
      setBackend(fake);
      const stop = synchronise(fake);
      await waitFor(() => expect(session.getState().status).toBe('ready'));
      const { container } = render(<RequestsView />);
      const row = [...container.querySelectorAll('button')].find((button) => button.textContent?.includes(text));
      if (row) fireEvent.click(row);
      await waitFor(() => expect(container.textContent, text).toContain(text));
      expect(forbiddenIn(document.body), text).toEqual([]);
      expect(container.querySelectorAll('a'), text).toHaveLength(0);
      stop();
      cleanup();
    }
    expect(ran).not.toHaveBeenCalled();
  });
});
