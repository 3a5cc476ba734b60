import { BackendError } from './error';
import { fakeDeleted, fakeReactions, fakeReply } from './fake-changes';
import { fakeDelivery } from './fake-delivery';
import { pageAround } from './fake-log';
import { fakeSearch } from './fake-search';
import { FakeStanding } from './fake-standing';
import type { Cancelled, Delivery, ImportedBundle, Page, SavedBundle, SearchPage } from './types';

/** The calls about what is said in a conversation. */
export abstract class FakeTalk extends FakeStanding {
  open = (conversation: string) =>
    this.answer('open', [conversation], (): Page => {
      const row = this.row(conversation);
      const list = this.timeline(conversation);
      const read = this.readUpTo.get(conversation) ?? '';
      const at = row.unread > 0 ? list.findIndex((message) => !message.mine && message.order > read) : -1;
      return pageAround(row, list, at);
    });

  pageBefore = (conversation: string, order: string, limit: number) =>
    this.answer('pageBefore', [conversation, order, limit], () =>
      this.page(conversation, (list) => {
        const end = list.findIndex((message) => message.order >= order);
        const stop = end < 0 ? list.length : end;
        return [Math.max(0, stop - limit), stop];
      }),
    );

  pageAfter = (conversation: string, order: string, limit: number) =>
    this.answer('pageAfter', [conversation, order, limit], () =>
      this.page(conversation, (list) => {
        const begin = list.findIndex((message) => message.order > order);
        return begin < 0 ? [list.length, list.length] : [begin, Math.min(list.length, begin + limit)];
      }),
    );

  pageLast = (conversation: string, limit: number) =>
    this.answer('pageLast', [conversation, limit], () =>
      this.page(conversation, (list) => [Math.max(0, list.length - limit), list.length]),
    );

  pageAround = (conversation: string, message: string, limit: number) =>
    this.answer('pageAround', [conversation, message, limit], () => {
      const at = this.timeline(conversation).indexOf(this.messageOf(conversation, message));
      const begin = Math.max(0, at - Math.floor(limit / 2));
      return this.page(conversation, (list) => [begin, Math.min(list.length, begin + limit)]);
    });

  search = (text: string, conversation: string, before: string) =>
    this.answer('search', [text, conversation, before], (): SearchPage => {
      const rows = this.state.conversations.filter((row) => conversation === '' || row.id === conversation);
      return fakeSearch(
        rows.flatMap((row) => this.timeline(row.id)),
        text,
        before,
      );
    });

  sendText = (conversation: string, text: string) =>
    this.answer('sendText', [conversation, text], () => {
      const message = this.append(conversation, text, true);
      const row = this.row(conversation);
      this.put({
        ...row,
        preview: text,
        previewMine: true,
        previewState: 'queued',
        lastTime: message.time,
        queued: row.queued + 1,
      });
      this.emit({ conversations: [this.row(conversation)], messages: [message] });
      return message;
    });

  sendReply = (conversation: string, text: string, message: string) =>
    this.answer('sendReply', [conversation, text, message], () => {
      const answered = this.messageOf(conversation, message);
      const sent = this.append(conversation, text, true);
      return this.replace(conversation, { ...sent, reply: fakeReply(answered) });
    });

  editMessage = (conversation: string, message: string, text: string) =>
    this.answer('editMessage', [conversation, message, text], () =>
      this.replace(conversation, { ...this.mineOf(conversation, message), text, edited: this.now().toISOString() }),
    );

  deleteMessage = (conversation: string, message: string, forEveryone: boolean) =>
    this.answer('deleteMessage', [conversation, message, forEveryone], () => {
      if (forEveryone) this.replace(conversation, fakeDeleted(this.mineOf(conversation, message)));
      else this.takeAway(conversation, message);
    });

  react = (conversation: string, message: string, emoji: string, remove: boolean) =>
    this.answer('react', [conversation, message, emoji, remove], () => {
      const held = this.messageOf(conversation, message);
      const me = this.state.profile.peerId;
      const reactions = fakeReactions(held.reactions ?? [], emoji, me, me, remove);
      return this.replace(conversation, { ...held, reactions });
    });

  setTimer = (conversation: string, seconds: number) =>
    this.answer('setTimer', [conversation, seconds], () => this.putTimer(conversation, seconds));

  saveDraft = (conversation: string, text: string) =>
    this.answer('saveDraft', [conversation, text], () => {
      this.change(conversation, { draft: text });
    });

  typing = (conversation: string) => this.answer('typing', [conversation], () => undefined);

  markRead = (conversation: string, message: string) =>
    this.answer('markRead', [conversation, message], () => {
      const order = this.timeline(conversation).find((held) => held.id === message)?.order ?? '';
      if (order > (this.readUpTo.get(conversation) ?? '')) this.readUpTo.set(conversation, order);
      this.change(conversation, this.counted(this.row(conversation)));
    });

  focus = (conversation: string, focused: boolean) => this.answer('focus', [conversation, focused], () => undefined);

  delivery = (message: string) =>
    this.answer('delivery', [message], (): Delivery => {
      const found = Object.values(this.messages)
        .flat()
        .find((held) => held.id === message);
      if (!found?.mine || found.state === 'received')
        throw new BackendError({ code: 'no-message', message: '', params: {} });
      return fakeDelivery(found, this.row(found.conversation).line);
    });

  cancelMessage = (message: string) =>
    this.answer('cancelMessage', [message], (): Cancelled => {
      const found = Object.values(this.messages)
        .flat()
        .find((held) => held.id === message);
      if (!found?.mine) throw new BackendError({ code: 'no-message', message: '', params: {} });
      const list = this.timeline(found.conversation);
      list.splice(list.indexOf(found), 1);
      this.emit({ removedMessages: [message] });
      return found.state === 'stored'
        ? { outcome: 'server', server: 'tin.example.org:7117' }
        : { outcome: 'here', server: '' };
    });

  saveBundle = (conversation: string) =>
    this.answer('saveBundle', [conversation], (): SavedBundle => {
      const name = this.row(conversation).name.replace(/[^\p{L}\p{N}]+/gu, '-');
      const day = this.now().toISOString().slice(0, 10);
      const until = new Date(this.now().getTime() + 14 * 86_400_000).toISOString();
      return { path: `/home/mira/Downloads/for-${name}-${day}.tincan`, entries: 3, until, more: false };
    });

  importBundle = (file: string) =>
    this.answer('importBundle', [file], (): ImportedBundle => {
      if (!atob(file).startsWith('tincan-bundle/1\n')) {
        throw new BackendError({ code: 'bundle-none', message: '', params: {} });
      }
      return { conversation: this.state.conversations[0]?.id ?? '', entries: 2, known: false, damaged: false };
    });

  exportConversation = (conversation: string, language: string) =>
    this.answer('exportConversation', [conversation, language], () => ({
      path: `/home/mira/Downloads/tincan-${this.row(conversation).name}`,
      messages: this.timeline(conversation).length,
    }));
}
