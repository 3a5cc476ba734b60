import { BackendError } from './error';
import { FakeVerification } from './fake-verification';
import type { Conversation, Standing } from './types';

/** The calls about how a conversation is kept. */
export abstract class FakeStanding extends FakeVerification {
  pinConversations = (conversations: string[]) =>
    this.answer('pinConversations', [conversations], () => {
      if (conversations.length > 50) throw new BackendError({ code: 'pins', message: '', params: { limit: '50' } });
      for (const row of this.state.conversations) this.keep(row.id, { pinned: conversations.indexOf(row.id) + 1 });
    });

  archiveConversation = (conversation: string, archived: boolean) =>
    this.answer('archiveConversation', [conversation, archived], () =>
      this.keep(conversation, { folder: archived ? 'archived' : '' }),
    );

  quietConversation = (conversation: string, quiet: boolean) =>
    this.answer('quietConversation', [conversation, quiet], () => this.keep(conversation, { quiet }));

  markUnread = (conversation: string, marked: boolean) =>
    this.answer('markUnread', [conversation, marked], () => this.keep(conversation, { marked }));

  readConversation = (conversation: string) =>
    this.answer('readConversation', [conversation], () => {
      this.readUpTo.set(conversation, this.timeline(conversation).at(-1)?.order ?? '');
      this.swap(this.counted(this.row(conversation)));
      this.keep(conversation, { marked: false });
    });

  clearConversation = (conversation: string) =>
    this.answer('clearConversation', [conversation], () => this.wipe(conversation));

  deleteConversation = (conversation: string) =>
    this.answer('deleteConversation', [conversation], () => {
      if (this.row(conversation).contact === 'forgotten') this.remove(conversation);
      else {
        this.wipe(conversation);
        this.change(conversation, { draft: '' });
        this.keep(conversation, { folder: 'hidden' });
      }
    });

  forgetContact = (conversation: string, erase: boolean) =>
    this.answer('forgetContact', [conversation, erase], () => {
      if (erase) this.remove(conversation);
      else
        this.change(conversation, {
          contact: 'forgotten',
          presence: 'unknown',
          line: { state: 'waiting', rtt: -1, host: '' },
          unread: 0,
          queued: 0,
          verified: { trust: 'none', method: '', since: '' },
        });
    });

  private remove(conversation: string): void {
    this.state.conversations = this.state.conversations.filter((row) => row.id !== conversation);
    delete this.messages[conversation];
    this.emit({ removedConversations: [conversation] });
  }

  private wipe(conversation: string): void {
    this.messages[conversation] = [];
    this.emit({ clearedConversations: [conversation] });
    const time = this.now().toISOString();
    this.change(conversation, { preview: '', previewMine: false, unread: 0, lastTime: time, cleared: time });
  }

  /** What is off is absent, as Go leaves it out. */
  private keep(conversation: string, change: Standing): void {
    const before = this.row(conversation);
    const row: Conversation = { ...before, ...change };
    for (const key of ['pinned', 'folder', 'quiet', 'marked'] as const) if (!row[key]) delete row[key];
    if (JSON.stringify(before) !== JSON.stringify(row)) this.swap(row);
  }
}
