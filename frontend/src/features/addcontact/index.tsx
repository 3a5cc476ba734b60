import { AtSign, ClipboardPaste, Send } from 'lucide-react';
import { useState } from 'react';
import { Tab, TabList, TabPanel, Tabs } from 'react-aria-components/Tabs';
import { useTranslation } from '@/i18n';
import type { AddContactTab } from '@/model';
import { Dialog } from '@/ui';
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

const icon = { size: 18, strokeWidth: 1.75, 'aria-hidden': true } as const;

/** My invite to hand on, an invite of somebody else to paste, or a handle to look up. */
export default function AddContactDialog({ tab, link, onClose }: AddContactDialogProps) {
  const { t } = useTranslation();
  const [shown, setShown] = useState<AddContactTab>(link ? 'paste' : tab);
  // Here, so that what was typed stays while the other tab is looked at.
  const [theirs, setTheirs] = useState<LinkText>({ text: link, atOnce: true, asked: 0 });
  const [message, setMessage] = useState('');
  const [wanted, setWanted] = useState<Wanted>({ handle: '', message: '' });
  return (
    <Dialog title={t('addcontact.title')} width="wide" bare onClose={onClose}>
      <Tabs
        className={styles.tabs ?? ''}
        selectedKey={shown}
        onSelectionChange={(key) => setShown(key === 'paste' || key === 'handle' ? key : 'invite')}
      >
        <TabList className={styles.bar ?? ''} aria-label={t('addcontact.tabs')}>
          <Tab id="invite" className={styles.tab ?? ''}>
            <Send {...icon} />
            {t('addcontact.mine')}
          </Tab>
          <Tab id="paste" className={styles.tab ?? ''}>
            <ClipboardPaste {...icon} />
            {t('addcontact.paste')}
          </Tab>
          <Tab id="handle" className={styles.tab ?? ''}>
            <AtSign {...icon} />
            {t('addcontact.byHandle')}
          </Tab>
        </TabList>
        <TabPanel id="invite" className={styles.panel ?? ''}>
          <MyInvite />
        </TabPanel>
        <TabPanel id="paste" className={styles.panel ?? ''}>
          <PasteLink
            outside={link}
            link={theirs}
            message={message}
            onLink={setTheirs}
            onMessage={setMessage}
            onClose={onClose}
          />
        </TabPanel>
        <TabPanel id="handle" className={styles.panel ?? ''}>
          <FindHandle wanted={wanted} onWanted={setWanted} onClose={onClose} />
        </TabPanel>
      </Tabs>
    </Dialog>
  );
}
