import { afterEach, expect, it } from 'vitest';
import { setBackend } from '@/backend';
import { FakeBackend } from '@/backend/fake';
import { sampleState } from '@/backend/samples';
import { cleanup, render, waitFor } from '@/testing';
import { askedLink, changedLink, type LinkText, useInvite } from './useInvite';

afterEach(cleanup);

function Shown({ link }: { link: LinkText }) {
  const { preview, reading } = useInvite(link);
  return `${preview?.name ?? 'nobody'}, ${reading ? 'asking' : 'answered'}`;
}

it('keeps who it leads to while the same link is read once more', async () => {
  const noor = { peerId: 'tc1noor', name: 'Noor', color: 6, servers: [], expires: '', safetyNumber: '' };
  const fake = new FakeBackend({ state: sampleState([]), previews: { noor } });
  setBackend(fake);
  const pasted = changedLink('', 'noor');
  const { container, rerender } = render(<Shown link={pasted} />);
  await waitFor(() => expect(container.textContent).toBe('Noor, answered'));
  fake.readInvite = () => new Promise(() => undefined);
  rerender(<Shown link={askedLink(pasted)} />);
  await waitFor(() => expect(container.textContent).toBe('Noor, asking'));
  rerender(<Shown link={changedLink('noor', 'somebody')} />);
  expect(container.textContent).toBe('nobody, answered');
});
