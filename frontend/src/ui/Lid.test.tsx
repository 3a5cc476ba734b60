import { expect, it } from 'vitest';
import { fireEvent, render } from '@/testing';
import { Lid } from './Lid';

it('has its letter back when the picture cannot be shown, and the next picture is tried', () => {
  const { container, rerender } = render(<Lid letter="A" color={1} picture="data:image/jpeg;base64," />);
  const picture = () => container.querySelector('img');
  expect(container.textContent).toBe('');
  fireEvent.error(picture() as HTMLImageElement);
  expect(picture()).toBeNull();
  expect(container.textContent).toBe('A');
  rerender(<Lid letter="A" color={1} picture="data:image/png;base64,AA" />);
  expect(picture()?.getAttribute('src')).toBe('data:image/png;base64,AA');
});
