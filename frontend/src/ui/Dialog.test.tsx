import { useState } from 'react';
import { afterEach, expect, it, vi } from 'vitest';
import { act, cleanup, fireEvent, render, screen } from '@/testing';
import { Button } from './Button';
import { Dialog } from './Dialog';

afterEach(cleanup);

/** Its button goes when it is pressed, and takes the focus with it. */
function Step({ onClose }: { onClose: () => void }) {
  const [done, setDone] = useState(false);
  return (
    <Dialog
      title="Steps"
      onClose={onClose}
      footer={
        !done && (
          <Button autoFocus onPress={() => setDone(true)}>
            Next
          </Button>
        )
      }
    >
      {done ? 'Done' : 'Not yet'}
    </Dialog>
  );
}

it('hears the keys when what had the focus is gone', () => {
  const onClose = vi.fn();
  render(<Step onClose={onClose} />);
  fireEvent.click(screen.getByRole('button', { name: 'Next' }));
  act(() => (document.activeElement as HTMLElement).blur());
  expect(document.activeElement).toBe(document.body);
  fireEvent.keyDown(document.body, { key: 'Tab' });
  expect(screen.getByRole('dialog').contains(document.activeElement)).toBe(true);
  expect(onClose).not.toHaveBeenCalled();
  act(() => (document.activeElement as HTMLElement).blur());
  expect(fireEvent.keyDown(document.body, { key: 'Escape' })).toBe(false);
  expect(onClose).toHaveBeenCalledTimes(1);
});
