import type { Backend } from './api';
import { BackendError, toBackendError } from './error';
import type { Changes, State } from './types';

type Call = (...parameters: unknown[]) => Promise<unknown>;

interface Runtime {
  EventsOn(name: string, listener: (...data: unknown[]) => void): (() => void) | undefined;
  EventsOff?(name: string): void;
}

declare global {
  interface Window {
    go?: { app?: { API?: Record<string, Call> } };
    runtime?: Runtime;
  }
}

/** Whether this page runs in the window or behind the browser bridge, which defines the same objects. */
export function hasBindings(): boolean {
  return window.go?.app?.API !== undefined && window.runtime !== undefined;
}

async function call<Answer>(method: string, ...parameters: unknown[]): Promise<Answer> {
  const bound = window.go?.app?.API?.[method];
  // A call of a method that is not bound would never settle in the window.
  if (!bound) throw new BackendError({ code: 'internal', message: `The call ${method} is not there.`, params: {} });
  try {
    return (await bound(...parameters)) as Answer;
  } catch (reason) {
    throw toBackendError(reason);
  }
}

/** What `Start` would answer, which the page of the window brings along; once, for later it is old. */
function brought(): State | undefined {
  const element = document.getElementById('start');
  element?.remove();
  return element?.textContent ? (JSON.parse(element.textContent) as State) : undefined;
}

function subscribe(name: string, listener: (data: unknown) => void): () => void {
  let active = true;
  const off = window.runtime?.EventsOn(name, (...data) => {
    if (active) listener(data[0]);
  });
  return () => {
    active = false;
    off?.();
  };
}

/** The backend behind the Wails bindings, or behind the browser bridge, which looks the same. */
export function wailsBackend(): Backend {
  return {
    start: async () => brought() ?? call('Start'),
    since: (sequence) => call('Since', sequence),
    painted: () => call('Painted'),
    createProfile: (name, color) => call('CreateProfile', name, color),
    setProfile: (name, color, about, picture) => call('SetProfile', name, color, about, picture),
    picture: (conversation) => call('Picture', conversation),
    setPrivacy: (privacy) => call('SetPrivacy', privacy),
    setRoute: (conversation, route) => call('SetRoute', conversation, route),
    saveSettings: (settings) => call('SaveSettings', settings),
    pinConversations: (conversations) => call('PinConversations', conversations),
    archiveConversation: (conversation, archived) => call('ArchiveConversation', conversation, archived),
    quietConversation: (conversation, quiet) => call('QuietConversation', conversation, quiet),
    markUnread: (conversation, unread) => call('MarkUnread', conversation, unread),
    readConversation: (conversation) => call('ReadConversation', conversation),
    clearConversation: (conversation) => call('ClearConversation', conversation),
    deleteConversation: (conversation) => call('DeleteConversation', conversation),
    forgetContact: (conversation, erase) => call('ForgetContact', conversation, erase),
    open: (conversation) => call('Open', conversation),
    pageBefore: (conversation, order, limit) => call('PageBefore', conversation, order, limit),
    pageAfter: (conversation, order, limit) => call('PageAfter', conversation, order, limit),
    pageLast: (conversation, limit) => call('PageLast', conversation, limit),
    pageAround: (conversation, message, limit) => call('PageAround', conversation, message, limit),
    search: (text, conversation, before) => call('Search', text, conversation, before),
    sendText: (conversation, text) => call('SendText', conversation, text),
    sendReply: (conversation, text, message) => call('SendReply', conversation, text, message),
    editMessage: (conversation, message, text) => call('EditMessage', conversation, message, text),
    deleteMessage: (conversation, message, forEveryone) => call('DeleteMessage', conversation, message, forEveryone),
    react: (conversation, message, emoji, remove) => call('React', conversation, message, emoji, remove),
    setTimer: (conversation, seconds) => call('SetTimer', conversation, seconds),
    unmute: (conversation) => call('Unmute', conversation),
    dismissNotice: (conversation, id) => call('DismissNotice', conversation, id),
    repair: () => call('Repair'),
    saveDraft: (conversation, text) => call('SaveDraft', conversation, text),
    typing: (conversation) => call('Typing', conversation),
    markRead: (conversation, message) => call('MarkRead', conversation, message),
    focus: (conversation, focused) => call('Focus', conversation, focused),
    delivery: (message) => call('Delivery', message),
    cancelMessage: (message) => call('CancelMessage', message),
    saveBundle: (conversation) => call('SaveBundle', conversation),
    importBundle: (file) => call('ImportBundle', file),
    createInvite: (options) => call('CreateInvite', options),
    invites: () => call('Invites'),
    revokeInvite: (id) => call('RevokeInvite', id),
    readInvite: (link) => call('ReadInvite', link),
    sendRequest: (link, text) => call('SendRequest', link, text),
    claimHandle: (handle) => call('ClaimHandle', handle),
    releaseHandle: (handle) => call('ReleaseHandle', handle),
    findHandle: (handle) => call('FindHandle', handle),
    askHandle: (handle, peer, text) => call('AskHandle', handle, peer, text),
    acceptRequest: (id) => call('AcceptRequest', id),
    declineRequest: (id) => call('DeclineRequest', id),
    banRequest: (id, how) => call('BanRequest', id, how),
    safetyNumber: (peer) => call('SafetyNumber', peer),
    safety: (conversation) => call('Safety', conversation),
    compareNumber: (conversation, text) => call('CompareNumber', conversation, text),
    verify: (conversation, same) => call('Verify', conversation, same),
    unverify: (conversation) => call('Unverify', conversation),
    startCheck: (conversation) => call('StartCheck', conversation),
    answerCheck: (conversation, yes) => call('AnswerCheck', conversation, yes),
    finishCheck: (conversation, same) => call('FinishCheck', conversation, same),
    retire: () => call('Retire'),
    bansPage: (query) => call('BansPage', query),
    banOn: (conversation) => call('BanOn', conversation),
    checkBan: (kind, target) => call('CheckBan', kind, target),
    addBan: (options) => call('AddBan', options),
    editBan: (id, changed) => call('EditBan', id, changed),
    clearBans: () => call('ClearBans'),
    importBans: (text) => call('ImportBans', text),
    exportBans: () => call('ExportBans'),
    removeBan: (id) => call('RemoveBan', id),
    restoreBan: (ban) => call('RestoreBan', ban),
    traffic: () => call('Traffic'),
    checkConnection: () => call('CheckConnection'),
    log: () => call('Log'),
    news: () => call('News'),
    checkServer: (address) => call('CheckServer', address),
    addServer: (address) => call('AddServer', address),
    removeServer: (id) => call('RemoveServer', id),
    retryServer: (id) => call('RetryServer', id),
    openLink: (address) => call('OpenLink', address),
    desktop: () => call('Desktop'),
    startAtLogin: (on) => call('StartAtLogin', on),
    showFolder: () => call('ShowFolder'),
    lockState: () => call('LockState'),
    unlock: (passphrase) => call('Unlock', passphrase),
    lock: () => call('Lock'),
    changeKey: (passphrase) => call('ChangeKey', passphrase),
    protect: (change) => call('Protect', change),
    storage: () => call('Storage'),
    automaticBackup: (every, passphrase) => call('AutomaticBackup', every, passphrase),
    saveBackup: (passphrase) => call('SaveBackup', passphrase),
    takeBackup: (part, first) => call('TakeBackup', part, first),
    restoreBackup: (passphrase, replace) => call('RestoreBackup', passphrase, replace),
    exportConversation: (conversation, language) => call('ExportConversation', conversation, language),
    onChanges: (listener) => subscribe('changes', (data) => listener(data as Changes)),
    onLost: (listener) => subscribe('lost', () => listener()),
    onReconnected: (listener) => subscribe('reconnected', () => listener()),
  };
}
