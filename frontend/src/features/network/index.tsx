import { Radar, SlidersHorizontal, Table2, X } from 'lucide-react';
import { useEffect, useMemo, useRef, useState } from 'react';
import { Tab, TabList, TabPanel, Tabs } from 'react-aria-components/Tabs';
import { addWords, fileSize, useTranslation } from '@/i18n';
import { lateWords } from '@/i18n/en/late';
import { showConversation, showNetworkAs, showSettings, useLinesNow, useSession, useView, watchTraffic } from '@/model';
import { IconButton, keyNames, keysAnywhere } from '@/ui';
import { factsOf, serversOf } from './facts';
import styles from './Network.module.css';
import { NetworkTable } from './NetworkTable';
import { Picture } from './Picture';

addWords(lateWords);

export interface NetworkViewProps {
  /** A conversation was opened: the focus belongs into its message field. */
  onOpened: () => void;
  onLeave: () => void;
}

const icon = { size: 16, strokeWidth: 1.75, 'aria-hidden': true } as const;

/** Who is connected to me and how, as a picture and as a table, in the place of the conversation. */
export default function NetworkView({ onOpened, onLeave }: NetworkViewProps) {
  const { t } = useTranslation();
  const conversations = useSession((state) => state.conversations);
  const network = useSession((state) => state.network);
  const form = useView((state) => state.network);
  const traffic = useLinesNow((state) => state.traffic);
  const byConversation = useLinesNow((state) => state.byConversation);
  const busy = useLinesNow((state) => state.busy);
  const failed = useLinesNow((state) => state.failure !== undefined);
  const [chosen, setChosen] = useState('');
  const tabs = useRef<HTMLDivElement>(null);
  const people = useMemo(() => factsOf(conversations, byConversation, busy), [conversations, byConversation, busy]);
  const servers = useMemo(() => serversOf(network.servers, people), [network.servers, people]);

  useEffect(watchTraffic, []);
  // Whoever comes here by keyboard goes on from the tabs, which are there a moment later.
  useEffect(() => {
    const timer = setTimeout(() => {
      tabs.current?.querySelector<HTMLElement>('[aria-selected="true"]')?.focus({ preventScroll: true });
    });
    return () => clearTimeout(timer);
  }, []);

  function open(conversation: string): void {
    showConversation(conversation);
    onOpened();
  }

  const lines = t('network.linesOpen', { count: people.filter((one) => one.open).length });
  return (
    <Tabs
      className={styles.view ?? ''}
      data-place="network"
      selectedKey={form}
      onSelectionChange={(key) => showNetworkAs(key === 'table' ? 'table' : 'picture')}
    >
      <header className={styles.head}>
        <div className={styles.words}>
          <h1 className={styles.title}>{t('network.title')}</h1>
          <div className={styles.summary} title={traffic && t('network.since')}>
            {traffic
              ? t('network.summary', { lines, received: fileSize(traffic.received), sent: fileSize(traffic.sent) })
              : lines}
          </div>
        </div>
        <TabList ref={tabs} className={styles.tabs ?? ''} aria-label={t('network.as')}>
          <Tab id="picture" className={styles.tab ?? ''}>
            <Radar {...icon} />
            {t('network.picture')}
          </Tab>
          <Tab id="table" className={styles.tab ?? ''}>
            <Table2 {...icon} />
            {t('network.table')}
          </Tab>
        </TabList>
        <IconButton label={t('network.settings')} onPress={() => showSettings('network')}>
          <SlidersHorizontal size={18} strokeWidth={1.75} aria-hidden="true" />
        </IconButton>
        <IconButton label={t('app.close')} keys={keyNames(keysAnywhere.close[0])} onPress={onLeave}>
          <X size={18} strokeWidth={1.75} aria-hidden="true" />
        </IconButton>
      </header>
      {failed && (
        <p className={styles.failed} role="status">
          {t('network.failed')}
        </p>
      )}
      <TabPanel id="picture" className={styles.panel ?? ''}>
        <Picture people={people} servers={servers} chosen={chosen} onChoose={setChosen} onOpen={open} />
      </TabPanel>
      <TabPanel id="table" className={styles.panel ?? ''}>
        <NetworkTable
          people={people}
          servers={servers}
          onOpen={open}
          onShow={(key) => {
            setChosen(key);
            showNetworkAs('picture');
          }}
        />
      </TabPanel>
    </Tabs>
  );
}
