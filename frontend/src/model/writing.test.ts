import { beforeEach, describe, expect, it } from 'vitest';
import { setBackend } from '@/backend';
import { FakeBackend } from '@/backend/fake';
import { sampleConversation, sampleMessage, sampleState } from '@/backend/samples';
import { resetModel } from './reset';
import { openTimeline } from './timelines';
import { aimOf, endEdit, endReply, followAims, keepEdit, lastOwn, startEdit, startReply, writing } from './writing';

const theirs = sampleMessage('ana', 1, { text: 'still on?' });
const mine = sampleMessage('ana', 2, { mine: true, text: 'yes' });

beforeEach(() => resetModel());

describe('the composer', () => {
  it('answers a message, and edits another one without forgetting that', () => {
    const { asked } = writing.getState();
    startReply(theirs);
    startEdit(mine);
    keepEdit('ana', 'yes, of course');
    expect(aimOf('ana')).toMatchObject({ reply: { message: theirs }, edit: { message: mine, text: 'yes, of course' } });
    expect(writing.getState().asked).toBe(asked + 2);
    endEdit('ana');
    expect(aimOf('ana')).toEqual({ reply: { message: theirs, gone: false }, edit: undefined });
    endReply('ana');
    expect(writing.getState().aims).toEqual({});
    expect(aimOf('ole')).toEqual({ reply: undefined, edit: undefined });
  });

  it('follows what becomes of the message', () => {
    startReply(theirs);
    followAims([{ ...theirs, text: 'still on for Saturday?' }], []);
    expect(aimOf('ana').reply?.message.text).toBe('still on for Saturday?');
    followAims([{ ...theirs, text: '', deleted: true }], []);
    expect(aimOf('ana').reply).toMatchObject({ gone: true, message: { text: '' } });
    startReply(mine);
    followAims([], ['elsewhere']);
    expect(aimOf('ana').reply?.gone).toBe(false);
    followAims([], [mine.id]);
    expect(aimOf('ana').reply).toMatchObject({ gone: true, message: { text: '' } });
  });

  it('finds the last text of mine, also where the end is not held', async () => {
    const talk = Array.from({ length: 400 }, (_, minute) => sampleMessage('ana', minute, { mine: minute % 50 === 0 }));
    const state = sampleState([sampleConversation('ana', { unread: 300 }), sampleConversation('ole')]);
    const fake = new FakeBackend({ state, messages: { ana: talk, ole: [sampleMessage('ole', 1)] } });
    setBackend(fake);
    await openTimeline('ana');
    expect((await lastOwn('ana'))?.id).toBe('ana-350');
    await fake.deleteMessage('ana', 'ana-350', true);
    expect((await lastOwn('ana'))?.id).toBe('ana-300');
    expect(await lastOwn('ole')).toBeUndefined();
  });
});
