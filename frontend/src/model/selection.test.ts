import { beforeEach, describe, expect, it } from 'vitest';
import { sampleMessage } from '@/backend/samples';
import { resetModel } from './reset';
import {
  endSelection,
  followSelection,
  selectAll,
  selectedInOrder,
  selectedMost,
  selection,
  selectTo,
  startSelection,
  toggleSelected,
} from './selection';

const held = Array.from({ length: 10 }, (_, minute) => sampleMessage('ana', minute));
const at = (index: number) => held[index] ?? sampleMessage('ana', index);
const selected = () => selectedInOrder(selection.getState()).map(({ id }) => Number(id.split('-')[1]));

beforeEach(resetModel);

describe('what is selected', () => {
  it('begins with one message, and takes others in and out', () => {
    startSelection(at(4));
    toggleSelected(at(7));
    toggleSelected(at(2));
    expect(selected()).toEqual([2, 4, 7]);
    toggleSelected(at(4));
    toggleSelected(at(2));
    toggleSelected(at(7));
    expect(selected()).toEqual([]);
    expect(selection.getState().conversation).toBe('ana');
    endSelection();
    expect(selection.getState().conversation).toBe('');
  });

  it('reaches from the message that was picked last, and the range is drawn anew with each step', () => {
    startSelection(at(1));
    toggleSelected(at(5));
    selectTo(at(8), held);
    expect(selected()).toEqual([1, 5, 6, 7, 8]);
    selectTo(at(6), held);
    expect(selected()).toEqual([1, 5, 6]);
    selectTo(at(3), held);
    expect(selected()).toEqual([1, 3, 4, 5]);
    // What was picked before is not taken out by a range that shrinks over it.
    selectTo(at(0), held);
    selectTo(at(5), held);
    expect(selected()).toEqual([1, 5]);
  });

  it('stays when the stretch that is held moves on, and a range then begins anew', () => {
    startSelection(at(0));
    const later = held.slice(5);
    selectTo(at(7), later);
    expect(selected()).toEqual([0, 7]);
    selectTo(at(9), later);
    expect(selected()).toEqual([0, 7, 8, 9]);
    selectAll(later);
    expect(selected()).toEqual([0, 5, 6, 7, 8, 9]);
  });

  it('follows what is edited, deleted and gone, and ends with the last', () => {
    startSelection(at(1));
    selectTo(at(3), held);
    followSelection(
      [
        { ...at(2), text: 'changed' },
        { ...at(9), text: 'not selected' },
      ],
      [at(1).id],
    );
    expect(selectedInOrder(selection.getState()).map(({ text }) => text)).toEqual(['changed', 'message 3']);
    selectTo(at(4), held.slice(2));
    followSelection([], [at(2).id, at(3).id, at(4).id]);
    expect(selection.getState().conversation).toBe('');
  });

  it('is of one conversation', () => {
    startSelection(at(1));
    toggleSelected(sampleMessage('ole', 3));
    expect(selection.getState()).toMatchObject({ conversation: 'ole' });
    expect(selectedInOrder(selection.getState()).map(({ id }) => id)).toEqual(['ole-3']);
    selectAll(held);
    expect(selection.getState().messages.size).toBe(1);
  });

  it('has a bound', () => {
    const many = Array.from({ length: selectedMost + 50 }, (_, minute) => sampleMessage('ana', minute));
    startSelection(at(0));
    selectAll(many);
    expect(selection.getState().messages.size).toBe(selectedMost);
  });
});
