import { lazy, Suspense } from 'react';
import { closeDialog, useConversation, useView } from '@/model';
import { focusComposerSoon } from './focus';
import { startNetwork, startSearch } from './leave';
import { toggleDetails } from './MainWindow';
import { switcher } from './switching';

const AddContactDialog = lazy(() => import('@/features/addcontact'));
const BanDialog = lazy(() => import('@/features/details/BanDialog'));
const ChangeKeyDialog = lazy(() => import('@/features/settings/ChangeKeyDialog'));
const DeleteDialog = lazy(() => import('@/features/timeline/DeleteDialog'));
const LoseDialog = lazy(() => import('@/features/manage/LoseDialog'));
const TalkMenu = lazy(() => import('@/features/manage/TalkMenu'));
const DeliveryDialog = lazy(() => import('@/features/delivery'));
const FileDialog = lazy(() => import('@/features/delivery/FileDialog'));
const RemoveDialog = lazy(() => import('@/features/timeline/RemoveDialog'));
const RetireDialog = lazy(() => import('@/features/settings/RetireDialog'));
const VerifyDialog = lazy(() => import('@/features/verify'));
const LinkDialog = lazy(() => import('./LinkDialog'));
const RepairDialog = lazy(() => import('./RepairDialog'));

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
    <Suspense fallback={null}>
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
