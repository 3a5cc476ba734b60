import { useState } from 'react';
import { describe, expect, it, vi } from 'vitest';
import { act, fireEvent, render, screen, waitFor } from '@/testing';
import { Button, Dialog, DotsMenu, RowList, TabList, TabPanel } from '.';
import { placeBeside } from './place';

const key = (name: string, more = {}) => fireEvent.keyDown(document.activeElement as Element, { key: name, ...more });
const dots = () => screen.getByRole('button', { name: 'more' });
const focused = () => document.activeElement?.textContent;
const button = (name: string) => screen.getByText(name).closest('button') as HTMLButtonElement;

function Question({ onClose = () => undefined }: { onClose?: () => void }) {
  const [open, setOpen] = useState(false);
  const close = () => {
    setOpen(false);
    onClose();
  };
  return (
    <>
      <Button onPress={() => setOpen(true)}>ask</Button>
      {open && (
        <Dialog title="Sure?" onClose={close} footer={<Button onPress={close}>yes</Button>}>
          <DotsMenu
            label="more"
            entries={[
              { id: 'copy', label: 'Copy', run: onClose },
              { id: 'clear', label: 'Clear', run: () => undefined },
              { id: 'delete', label: 'Delete', run: () => undefined },
            ]}
          />
        </Dialog>
      )}
    </>
  );
}

describe('a dialog', () => {
  it('takes the focus, keeps it and the rest of the window still, and gives both back', async () => {
    const { container } = render(<Question />);
    fireEvent.click(button('ask'));
    const dialog = screen.getByRole('dialog', { name: 'Sure?' });
    expect(dialog.getAttribute('aria-modal')).toBe('true');
    expect(document.activeElement).toBe(dialog);
    const isStill = () => container.hasAttribute('inert') || container.getAttribute('aria-hidden') === 'true';
    expect(isStill()).toBe(true);
    act(() => button('yes').focus());
    key('Tab');
    expect(document.activeElement?.getAttribute('aria-label')).toBe('Close');
    key('Tab', { shiftKey: true });
    expect(focused()).toBe('yes');
    key('Escape');
    expect(screen.queryByRole('dialog')).toBeNull();
    expect(isStill()).toBe(false);
    await waitFor(() => expect(focused()).toBe('ask'));
  });

  it('closes by a press beside it that began there, unless it asks before a loss', () => {
    const onClose = vi.fn();
    const { rerender } = render(
      <Dialog title="Sure?" onClose={onClose}>
        words
      </Dialog>,
    );
    const scrim = () => screen.getByText('words').closest('[aria-modal]')?.parentElement?.parentElement as HTMLElement;
    fireEvent.pointerDown(screen.getByText('words'));
    fireEvent.click(scrim());
    expect(onClose).not.toHaveBeenCalled();
    fireEvent.pointerDown(scrim());
    fireEvent.click(scrim());
    expect(onClose).toHaveBeenCalledOnce();
    rerender(
      <Dialog title="Sure?" role="alertdialog" onClose={onClose}>
        words
      </Dialog>,
    );
    fireEvent.pointerDown(scrim());
    fireEvent.click(scrim());
    expect(onClose).toHaveBeenCalledOnce();
  });
});

describe('a menu', () => {
  async function opened() {
    const onClose = vi.fn();
    render(<Question onClose={onClose} />);
    fireEvent.click(button('ask'));
    act(() => dots().focus());
    key('ArrowDown');
    expect(await screen.findByRole('menu', { name: 'more' })).toBeDefined();
    return onClose;
  }

  it('is gone through by arrows and letters', async () => {
    await opened();
    expect(focused()).toBe('Copy');
    key('ArrowUp');
    expect(focused()).toBe('Delete');
    key('ArrowDown');
    expect(focused()).toBe('Copy');
    key('End');
    expect(focused()).toBe('Delete');
    for (const letter of 'cl') key(letter);
    expect(focused()).toBe('Clear');
  });

  it('runs an entry once, and gives the focus back; Esc closes it and not what it stands on', async () => {
    const onClose = await opened();
    key('Enter');
    expect(onClose).toHaveBeenCalledOnce();
    await waitFor(() => expect(document.activeElement).toBe(dots()));
    expect(screen.queryByRole('menu')).toBeNull();
    key('ArrowUp');
    expect(focused()).toBe('Delete');
    key('Escape');
    expect(screen.queryByRole('menu')).toBeNull();
    expect(screen.getByRole('dialog', { name: 'Sure?' })).toBeDefined();
  });
});

function Places() {
  const [value, setValue] = useState<'a' | 'b'>('a');
  const Icon = (() => null) as never;
  const tabs = [
    { value: 'a', label: 'A', icon: Icon },
    { value: 'b', label: 'B', icon: Icon },
  ] as const;
  return (
    <>
      <TabList id="t" label="Places" tabs={tabs} value={value} onChange={setValue} />
      <TabPanel key={value} id="t" value={value}>
        words of {value}
      </TabPanel>
    </>
  );
}

describe('tabs', () => {
  it('are one Tab stop, and arrows show the panel of another', () => {
    render(<Places />);
    const tab = (name: string) => screen.getByRole('tab', { name });
    expect([tab('A').tabIndex, tab('B').tabIndex]).toEqual([0, -1]);
    act(() => tab('A').focus());
    key('ArrowLeft');
    expect(document.activeElement).toBe(tab('B'));
    const panel = screen.getByRole('tabpanel', { name: 'B' });
    expect(panel.textContent).toBe('words of b');
    expect(panel.tabIndex).toBe(0); // there is nothing in it to go to
    key('Home');
    expect(screen.getByRole('tabpanel', { name: 'A' })).toBeDefined();
  });
});

describe('rows with buttons', () => {
  it('are one Tab stop: up and down change the row, left and right go into it', () => {
    const row = (id: string) => ({ id, label: id, content: <button type="button">{`use ${id}`}</button> });
    render(<RowList label="Links" rows={[row('one'), row('two')]} />);
    const [one, two] = screen.getAllByRole('row') as [HTMLElement, HTMLElement];
    expect([one.tabIndex, two.tabIndex]).toEqual([0, -1]);
    act(() => one.focus());
    key('ArrowDown');
    expect(document.activeElement).toBe(two);
    expect([one.tabIndex, two.tabIndex]).toEqual([-1, 0]);
    key('ArrowRight');
    expect(focused()).toBe('use two');
    key('ArrowLeft');
    expect(document.activeElement).toBe(two);
    act(() => two.blur());
    act(() => one.focus()); // by Tab: it comes to the row that was left
    expect(document.activeElement).toBe(two);
  });
});

describe('beside something', () => {
  const window = { width: 400, height: 300 };
  const size = { width: 100, height: 80 };
  const below = { side: 'bottom', align: 'start', offset: 4 } as const;
  const at = (left: number, top: number) => ({ left, top, width: 20, height: 20 });

  it('stands where it is wished, on the other side where there is more room, and inside of the window', () => {
    expect(placeBeside(at(50, 50), size, window, below, false)).toMatchObject({ left: 50, top: 74 });
    expect(placeBeside(at(50, 250), size, window, below, false)).toMatchObject({ left: 50, top: 166 });
    expect(placeBeside(at(380, 50), size, window, below, false)).toMatchObject({ left: 288, top: 74 });
    expect(placeBeside(at(200, 50), size, window, { ...below, align: 'end' }, false).left).toBe(120);
    expect(placeBeside(at(200, 50), size, window, below, true).left).toBe(120);
    expect(placeBeside(at(200, 50), size, window, { ...below, align: 'center' }, true).left).toBe(160);
  });

  it('stays inside of a window that became smaller than the place it stands beside', () => {
    expect(placeBeside({ ...at(50, 900), height: 0 }, size, window, { ...below, offset: 0 }, false).top).toBe(
      window.height - size.height,
    );
    expect(
      placeBeside({ ...at(900, 50), width: 0 }, size, window, { ...below, side: 'right', offset: 0 }, false).left,
    ).toBe(window.width - size.width);
  });

  it('is no higher than the room there is', () => {
    const { top, most } = placeBeside(at(50, 100), { width: 100, height: 900 }, window, below, false);
    expect([top, most]).toEqual([124, 164]);
  });
});
