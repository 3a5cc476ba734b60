import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { sampleConversation } from '@/backend/samples';
import { session } from '@/model';
import { resetModel } from '@/model/reset';
import { titleFor, watchTitle } from './title';

describe('the title', () => {
  let stop: () => void;
  beforeEach(() => {
    resetModel();
    stop = watchTitle();
  });
  afterEach(() => stop());

  it('counts messages and requests, but not what is muted', () => {
    expect(document.title).toBe('Tincan');
    const ana = sampleConversation('ana', { unread: 3 });
    session.setState({ conversations: { ana, ole: sampleConversation('ole', { unread: 40, quiet: true }) } });
    expect(document.title).toBe('(3) Tincan');
    session.setState({ requests: { x: {} as never } });
    expect(document.title).toBe('(4) Tincan');
    session.setState({ conversations: {}, requests: {} });
    expect(document.title).toBe('Tincan');
  });

  it('is the name alone where nothing waits', () => {
    expect(titleFor({ conversations: { ana: sampleConversation('ana') }, requests: {} })).toBe('Tincan');
  });
});
