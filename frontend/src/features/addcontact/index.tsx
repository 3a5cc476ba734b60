import { AtSign, ClipboardPaste, Send } from 'lucide-react';
import { useId, useState } from 'react';
import { useTranslation } from '@/i18n';
import type { AddContactTab } from '@/model';
import { Dialog, TabList, TabPanel } from '@/ui';
import styles from './AddContact.module.css';
import { FindHandle } from './FindHandle';
import { MyInvite } from './MyInvite';
import { PasteLink } from './PasteLink';
import type { Wanted } from './useHandle';
import type { LinkText } from './useInvite';

export interface AddContactDialogProps {
  /** The tab that is open at first. */
  tab: AddContactTab;
  /** An invite that was opened outside, '' for none: its preview is shown at once. */
  link: string;
  onClose: () => void;
}

/** My invite to hand on, an invite of somebody else to paste, or a handle to look up. */
export default function AddContactDialog({ tab, link, onClose }: AddContactDialogProps) {
  const { t } = useTranslation();
  const tabs = useId();
  const [shown, setShown] = useState<AddContactTab>(link ? 'paste' : tab);
  // Here, so that what was typed stays while the other tab is looked at.
  const [theirs, setTheirs] = useState<LinkText>({ text: link, atOnce: true, asked: 0 });
  const [message, setMessage] = useState('');
  const [wanted, setWanted] = useState<Wanted>({ handle: '', message: '' });
  return (
    <Dialog title={t('addcontact.title')} width="wide" bare onClose={onClose}>
      <div className={styles.tabs}>
        <TabList
          id={tabs}
          className={styles.bar}
          tabClass={styles.tab}
          label={t('addcontact.tabs')}
          tabs={[
            { value: 'invite', icon: Send, label: t('addcontact.mine') },
            { value: 'paste', icon: ClipboardPaste, label: t('addcontact.paste') },
            { value: 'handle', icon: AtSign, label: t('addcontact.byHandle') },
          ]}
          value={shown}
          onChange={setShown}
        />
        <TabPanel key={shown} id={tabs} value={shown} className={styles.panel}>
          {shown === 'invite' ? (
            <MyInvite />
          ) : shown === 'paste' ? (
            <PasteLink
              outside={link}
              link={theirs}
              message={message}
              onLink={setTheirs}
              onMessage={setMessage}
              onClose={onClose}
            />
          ) : (
            <FindHandle wanted={wanted} onWanted={setWanted} onClose={onClose} />
          )}
        </TabPanel>
      </div>
    </Dialog>
  );
}
