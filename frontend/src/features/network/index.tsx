import { Radar, SlidersHorizontal, Table2, X } from 'lucide-react';
import { useEffect, useId, useMemo, useRef, useState } from 'react';
import { addWords, fileSize, useTranslation } from '@/i18n';
import { lateWords } from '@/i18n/en/late';
import { showConversation, showNetworkAs, showSettings, useLinesNow, useSession, useView, watchTraffic } from '@/model';
import { IconButton, keyNames, keysAnywhere, TabList, TabPanel } from '@/ui';
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

/** Who is connected to me and how, as a picture and as a table, in the place of the conversation. */
export default function NetworkView({ onOpened, onLeave }: NetworkViewProps) {
  const { t } = useTranslation();
  const id = useId();
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
    const timer = setTimeout(() => focusTab(tabs.current));
    return () => clearTimeout(timer);
  }, []);
  // A key changes the form wherever the focus is: on a tab, it goes with it.
  useEffect(() => {
    if (tabs.current?.contains(document.activeElement)) focusTab(tabs.current);
  }, [form]);

  function open(conversation: string): void {
    showConversation(conversation);
    onOpened();
  }

  const lines = t('network.linesOpen', { count: people.filter((one) => one.open).length });
  return (
    <div className={styles.view} data-place="network">
      <header className={styles.head}>
        <div className={styles.words}>
          <h1 className={styles.title}>{t('network.title')}</h1>
          <div className={styles.summary} title={traffic && t('network.since')}>
            {traffic
              ? t('network.summary', { lines, received: fileSize(traffic.received), sent: fileSize(traffic.sent) })
              : lines}
          </div>
        </div>
        <TabList
          ref={tabs}
          id={id}
          className={styles.tabs}
          tabClass={styles.tab}
          label={t('network.as')}
          size={16}
          tabs={[
            { value: 'picture', label: t('network.picture'), icon: Radar },
            { value: 'table', label: t('network.table'), icon: Table2 },
          ]}
          value={form}
          onChange={showNetworkAs}
        />
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
      <TabPanel key={form} id={id} value={form} className={styles.panel}>
        {form === 'picture' ? (
          <Picture people={people} servers={servers} chosen={chosen} onChoose={setChosen} onOpen={open} />
        ) : (
          <NetworkTable
            people={people}
            servers={servers}
            onOpen={open}
            onShow={(key) => {
              setChosen(key);
              showNetworkAs('picture');
            }}
          />
        )}
      </TabPanel>
    </div>
  );
}

function focusTab(tabs: HTMLElement | null): void {
  tabs?.querySelector<HTMLElement>('[aria-selected="true"]')?.focus({ preventScroll: true });
}
