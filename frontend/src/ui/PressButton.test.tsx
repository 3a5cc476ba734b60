import { afterEach, describe, expect, it, vi } from 'vitest';
import { act, fireEvent, render, screen, waitFor } from '@/testing';
import { IconButton, PressButton, Segmented } from '.';

afterEach(() => vi.useRealTimers());

describe('PressButton', () => {
  it('takes the focus with a press, and nothing around it hears of it', () => {
    const onPress = vi.fn();
    const around = vi.fn();
    render(
      // biome-ignore lint/a11y: it stands for a row or a dialog that answers to what its parts leave over.
      <div onClick={around} onKeyDown={around} onKeyUp={around} onPointerDown={around} onMouseDown={around}>
        <PressButton onPress={onPress}>go</PressButton>
      </div>,
    );
    const button = screen.getByRole('button', { name: 'go' });
    fireEvent.pointerDown(button);
    fireEvent.mouseDown(button);
    // Enter in a field of its form arrives as a click, too.
    fireEvent.click(button);
    expect(document.activeElement).toBe(document.body);
    fireEvent.click(button, { detail: 1 });
    expect(onPress).toHaveBeenCalledTimes(2);
    expect(document.activeElement).toBe(button);
    for (const key of ['Enter', ' ']) {
      fireEvent.keyDown(button, { key });
      fireEvent.keyUp(button, { key });
    }
    expect(around).not.toHaveBeenCalled();
    fireEvent.keyDown(button, { key: 'F6' });
    expect(around).toHaveBeenCalledOnce();
  });

  it('presses once while Enter is held', () => {
    render(<PressButton onPress={vi.fn()}>go</PressButton>);
    const button = screen.getByRole('button');
    // What is prevented is the system's click.
    expect(fireEvent.keyDown(button, { key: 'Enter' })).toBe(true);
    expect(fireEvent.keyDown(button, { key: 'Enter', repeat: true })).toBe(false);
  });

  it('sends its form', () => {
    const onSubmit = vi.fn((event: Event) => event.preventDefault());
    render(
      <form>
        <PressButton type="submit" onPress={() => undefined}>
          send
        </PressButton>
      </form>,
    );
    document.querySelector('form')?.addEventListener('submit', onSubmit);
    fireEvent.click(screen.getByRole('button'));
    expect(onSubmit).toHaveBeenCalledOnce();
  });
});

describe('a hint', () => {
  const icon = () =>
    render(
      <IconButton label="Settings" keys="Ctrl ," onPress={() => undefined}>
        <svg aria-hidden="true" />
      </IconButton>,
    );

  it('shows after a rest of the pointer, describes its button, and goes with Escape', async () => {
    icon();
    const button = screen.getByRole('button', { name: 'Settings' });
    vi.useFakeTimers();
    fireEvent.pointerEnter(button, { pointerType: 'mouse' });
    act(() => void vi.advanceTimersByTime(599));
    expect(button.getAttribute('aria-describedby')).toBeNull();
    act(() => void vi.advanceTimersByTime(1));
    vi.useRealTimers();
    const hint = await screen.findByRole('tooltip');
    expect(hint.textContent).toBe('SettingsCtrl ,');
    expect(hint.id).toBe(button.getAttribute('aria-describedby'));
    fireEvent.keyDown(document.body, { key: 'Escape' });
    await waitFor(() => expect(screen.queryByRole('tooltip')).toBeNull());
    expect(button.getAttribute('aria-describedby')).toBeNull();
  });

  it('shows at once where the keys lead, and goes with the focus or a press', async () => {
    icon();
    const button = screen.getByRole('button', { name: 'Settings' });
    vi.spyOn(button, 'matches').mockReturnValue(true); // :focus-visible, which no keys make here
    act(() => button.focus());
    await screen.findByRole('tooltip');
    act(() => button.blur());
    await waitFor(() => expect(screen.queryByRole('tooltip')).toBeNull());
    act(() => button.focus());
    await screen.findByRole('tooltip');
    fireEvent.pointerDown(button);
    await waitFor(() => expect(screen.queryByRole('tooltip')).toBeNull());
  });

  it('does not show for a finger', () => {
    icon();
    const button = screen.getByRole('button', { name: 'Settings' });
    vi.useFakeTimers();
    fireEvent.pointerEnter(button, { pointerType: 'touch' });
    act(() => void vi.advanceTimersByTime(2000));
    expect(button.getAttribute('aria-describedby')).toBeNull();
  });
});

describe('Segmented', () => {
  it('is one Tab stop in which arrows move, and a press chooses', () => {
    const onChange = vi.fn();
    const options = [
      { value: 'all', label: 'All' },
      { value: 'unread', label: 'Unread' },
      { value: 'none', label: 'None' },
    ] as const;
    render(<Segmented label="Show" options={options} value="unread" onChange={onChange} />);
    const radio = (name: string) => screen.getByRole('radio', { name });
    const reachable = () => screen.getAllByRole('radio').filter((one) => one.tabIndex === 0);
    expect(screen.getByRole('radiogroup', { name: 'Show' })).toBeDefined();
    expect(radio('Unread').getAttribute('aria-checked')).toBe('true');
    expect(reachable()).toEqual([radio('Unread')]);
    act(() => radio('Unread').focus());
    fireEvent.keyDown(radio('Unread'), { key: 'ArrowRight' });
    expect(document.activeElement).toBe(radio('None'));
    fireEvent.keyDown(radio('None'), { key: 'ArrowRight' });
    expect(document.activeElement).toBe(radio('None'));
    expect(reachable()).toEqual([radio('None')]);
    fireEvent.keyDown(radio('None'), { key: 'ArrowLeft' });
    fireEvent.keyDown(radio('Unread'), { key: 'ArrowLeft' });
    expect(document.activeElement).toBe(radio('All'));
    expect(onChange).not.toHaveBeenCalled();
    fireEvent.click(radio('All'));
    fireEvent.click(radio('Unread'));
    expect(onChange.mock.calls).toEqual([['all']]);
  });
});
