import { useTranslation } from '@/i18n';
import type { AddContactTab } from '@/model';
import { Dialog } from '@/ui';

export interface AddContactDialogProps {
  /** The tab that is open at first. */
  tab: AddContactTab;
  /** An invite that was opened outside, '' for none: its preview is shown at once. */
  link: string;
  onClose: () => void;
}

/** My invite to hand on, or an invite of somebody else to paste. */
export default function AddContactDialog({ tab, link, onClose }: AddContactDialogProps) {
  const { t } = useTranslation();
  return (
    <Dialog title={t('addcontact.title')} onClose={onClose}>
      <p data-tab={tab}>{link}</p>
    </Dialog>
  );
}
