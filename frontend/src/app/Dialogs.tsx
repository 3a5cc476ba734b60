import { Suspense } from 'react';
import { closeDialog, useConversation, useView } from '@/model';
import { part } from './bring';
import { ComingDialog } from './Coming';
import { focusComposerSoon } from './focus';
import { startNetwork, startSearch } from './leave';
import { toggleDetails } from './MainWindow';
import { switcher } from './switching';

const AddContactDialog = part(() => import('@/features/addcontact'));
const BanDialog = part(() => import('@/features/details/BanDialog'));
const ChangeKeyDialog = part(() => import('@/features/settings/ChangeKeyDialog'));
const DeleteDialog = part(() => import('@/features/timeline/DeleteDialog'));
const LoseDialog = part(() => import('@/features/manage/LoseDialog'));
const TalkMenu = part(() => import('@/features/manage/TalkMenu'));
const DeliveryDialog = part(() => import('@/features/delivery'));
const FileDialog = part(() => import('@/features/delivery/FileDialog'));
const RemoveDialog = part(() => import('@/features/timeline/RemoveDialog'));
const RetireDialog = part(() => import('@/features/settings/RetireDialog'));
const VerifyDialog = part(() => import('@/features/verify'));
const LinkDialog = part(() => import('./LinkDialog'));
const RepairDialog = part(() => import('./RepairDialog'));

/** The one dialog that is open. */
export function Dialogs() {
  const dialog = useView((state) => state.dialog);
  const banned = useConversation(dialog?.kind === 'ban' ? dialog.conversation : '');
  const talk = useConversation(dialog?.kind === 'delete' ? dialog.message.conversation : '');
  const losing = dialog && 'conversation' in dialog ? dialog.conversation : '';
  const lost = useConversation(losing);
  const menu = useView((state) => state.menu !== undefined);
  const selected = useConversation(dialog?.kind === 'remove' ? dialog.conversation : '');
  const asked = useConversation(dialog?.kind === 'verify' ? dialog.conversation : '');
  // A number is that of the keys that there are now.
  const verified = useConversation(asked?.next ?? asked?.id ?? '');
  const switching = switcher.useLoaded();
  if (!dialog)
    return menu ? (
      <Suspense fallback={null}>
        <TalkMenu />
      </Suspense>
    ) : null;
  return (
    <Suspense fallback={<ComingDialog />}>
      {dialog.kind === 'add-contact' && (
        <AddContactDialog key={dialog.link} tab={dialog.tab} link={dialog.link} onClose={closeDialog} />
      )}
      {dialog.kind === 'ban' && banned && <BanDialog conversation={banned} onClose={closeDialog} />}
      {dialog.kind === 'change-key' && <ChangeKeyDialog onClose={closeDialog} />}
      {dialog.kind === 'delete' && talk && (
        <DeleteDialog message={dialog.message} conversation={talk} onClose={closeDialog} />
      )}
      {(dialog.kind === 'clear' || dialog.kind === 'leave' || dialog.kind === 'forget') && lost && (
        <LoseDialog kind={dialog.kind} conversation={lost} onClose={closeDialog} />
      )}
      {dialog.kind === 'delivery' && <DeliveryDialog message={dialog.message} onClose={closeDialog} />}
      {dialog.kind === 'file' && <FileDialog conversation={dialog.conversation} onClose={closeDialog} />}
      {dialog.kind === 'remove' && selected && <RemoveDialog conversation={selected} onClose={closeDialog} />}
      {dialog.kind === 'retire' && <RetireDialog onClose={closeDialog} />}
      {dialog.kind === 'switcher' && switching && (
        <switching.Switcher
          onClose={closeDialog}
          onOpened={focusComposerSoon}
          onSearch={startSearch}
          onDetails={toggleDetails}
          onNetwork={startNetwork}
        />
      )}
      {dialog.kind === 'verify' && verified && <VerifyDialog conversation={verified} onClose={closeDialog} />}
      {dialog.kind === 'repair' && <RepairDialog onClose={closeDialog} />}
      {dialog.kind === 'link' && <LinkDialog address={dialog.address} onClose={closeDialog} />}
    </Suspense>
  );
}
