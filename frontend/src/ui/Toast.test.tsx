import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { cleanup, fireEvent, render, screen } from '@/testing';
import { Toast } from './Toast';

const undo = vi.fn();
const end = vi.fn();
const press = (where: Element) => fireEvent.keyDown(where, { key: 'z', ctrlKey: true });

beforeEach(() => {
  undo.mockReset();
  end.mockReset();
  render(
    <>
      <input aria-label="target" />
      <Toast text="Banned 198.51.100.7" action={{ label: 'Undo', keys: 'Ctrl Z', run: undo }} onEnd={end} />
    </>,
  );
});

afterEach(cleanup);

describe('the keys of a toast', () => {
  it('undo from anywhere, also from a field that is empty', () => {
    press(document.body);
    expect(undo).toHaveBeenCalledTimes(1);
    expect(end).toHaveBeenCalledTimes(1);
    press(screen.getByRole('textbox'));
    expect(undo).toHaveBeenCalledTimes(2);
  });

  it('leave a field alone that has words, and other keys', () => {
    fireEvent.change(screen.getByRole('textbox'), { target: { value: '203.0.113.9' } });
    press(screen.getByRole('textbox'));
    fireEvent.keyDown(document.body, { key: 'z', ctrlKey: true, shiftKey: true });
    fireEvent.keyDown(document.body, { key: 'z' });
    expect(undo).not.toHaveBeenCalled();
  });
});
