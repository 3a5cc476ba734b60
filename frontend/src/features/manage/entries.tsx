import {
  Archive,
  ArchiveRestore,
  ArrowDown,
  ArrowUp,
  Bell,
  BellOff,
  Eraser,
  type LucideIcon,
  Mail,
  MailOpen,
  Pin,
  PinOff,
  Trash2,
  UserX,
} from 'lucide-react';
import { backend, type Conversation } from '@/backend';
import { errorText, i18n } from '@/i18n';
import {
  askLose,
  canMovePin,
  isEmpty,
  isUnread,
  leaveConversation,
  movePin,
  pinConversation,
  shortName,
  showToast,
} from '@/model';
import type { MenuEntry } from '@/ui';
import { focusRow } from './focusRow';

/** Says what was done, and offers to undo it. */
function done(text: string, undo: () => Promise<void>): void {
  showToast(text, {
    label: i18n.t('composer.undo'),
    keys: 'Ctrl Z',
    run: () => {
      undo().catch(refused);
    },
  });
}

function refused(reason: unknown): void {
  showToast(errorText(reason));
}

async function pin(row: Conversation): Promise<void> {
  const name = shortName(row.name);
  await pinConversation(row.id, !row.pinned);
  done(i18n.t(row.pinned ? 'manage.unpinned' : 'manage.pinned', { name }), () =>
    pinConversation(row.id, Boolean(row.pinned)),
  );
}

async function quiet(row: Conversation): Promise<void> {
  const name = shortName(row.name);
  await backend().quietConversation(row.id, !row.quiet);
  done(i18n.t(row.quiet ? 'manage.unmuted' : 'manage.mutedNow', { name }), () =>
    backend().quietConversation(row.id, Boolean(row.quiet)),
  );
}

async function archive(row: Conversation): Promise<void> {
  const name = shortName(row.name);
  const back = row.folder !== undefined;
  await backend().archiveConversation(row.id, !back);
  if (back) {
    done(i18n.t('manage.unarchived', { name }), () => backend().archiveConversation(row.id, true));
    return;
  }
  leaveConversation(row.id);
  focusRow(row.id);
  done(i18n.t(row.quiet ? 'manage.archivedQuiet' : 'manage.archived', { name }), () =>
    backend().archiveConversation(row.id, false),
  );
}

/** Nothing is lost with an empty conversation, so nobody is asked, and it can be undone. */
async function leaveEmpty(row: Conversation): Promise<void> {
  await backend().deleteConversation(row.id);
  leaveConversation(row.id);
  focusRow(row.id);
  done(i18n.t('manage.deleted', { name: shortName(row.name) }), () =>
    backend().archiveConversation(row.id, row.folder === 'archived'),
  );
}

/** What can be done with a conversation now. What loses something stands last, and asks first. */
export function entriesOf(row: Conversation): MenuEntry[] {
  const { t } = i18n;
  const entries: MenuEntry[] = [];
  const add = (id: string, label: string, Icon: LucideIcon, run: () => void, danger = false) =>
    entries.push({ id, label, icon: <Icon size={16} strokeWidth={1.75} aria-hidden="true" />, danger, run });
  const doing = (work: () => Promise<void>) => () => {
    work().catch(refused);
  };
  const contact = row.contact !== 'forgotten';

  if (!row.folder) {
    add(
      'pin',
      t(row.pinned ? 'manage.unpin' : 'manage.pin'),
      row.pinned ? PinOff : Pin,
      doing(() => pin(row)),
    );
    if (canMovePin(row.id, -1))
      add(
        'up',
        t('manage.moveUp'),
        ArrowUp,
        doing(() => movePin(row.id, -1)),
      );
    if (canMovePin(row.id, 1))
      add(
        'down',
        t('manage.moveDown'),
        ArrowDown,
        doing(() => movePin(row.id, 1)),
      );
  }
  if (isUnread(row))
    add(
      'read',
      t('manage.markRead'),
      MailOpen,
      doing(() => backend().readConversation(row.id)),
    );
  else if (contact)
    add(
      'unread',
      t('manage.markUnread'),
      Mail,
      doing(() => backend().markUnread(row.id, true)),
    );
  if (contact)
    add(
      'quiet',
      t(row.quiet ? 'manage.unmute' : 'manage.mute'),
      row.quiet ? Bell : BellOff,
      doing(() => quiet(row)),
    );
  const away = row.folder !== undefined;
  add(
    'archive',
    t(away ? 'manage.unarchive' : 'manage.archive'),
    away ? ArchiveRestore : Archive,
    doing(() => archive(row)),
  );
  if (contact && !isEmpty(row)) add('clear', t('manage.clear'), Eraser, () => askLose('clear', row.id), true);
  if (contact && isEmpty(row)) {
    if (row.folder !== 'hidden')
      add(
        'leave',
        t('manage.leaveEmpty'),
        Trash2,
        doing(() => leaveEmpty(row)),
      );
  } else add('leave', t('manage.leave'), Trash2, () => askLose('leave', row.id), true);
  if (contact) add('forget', t('manage.forget'), UserX, () => askLose('forget', row.id), true);
  return entries;
}
