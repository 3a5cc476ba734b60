import { SlidersHorizontal, X } from 'lucide-react';
import { type ReactNode, type Ref, useEffect, useState } from 'react';
import { dateAndTime, errorText, fileSize, lineWords, number, useTranslation } from '@/i18n';
import { initial, shortName, showNetworkAs, showSettings, usePicture, useSession } from '@/model';
import { Button, Chip, IconButton, Lid, LineSign, lineKind, PressButton } from '@/ui';
import styles from './Card.module.css';
import { Delays } from './Delays';
import type { LineFacts, ServerFacts } from './facts';
import type { Gathered } from './layout/layout';
import { gatheredKey, personKey, serverKey } from './strands';
import { delayWords, elapsed, factWords, serverWords } from './words';

export interface CardProps {
  chosen: string;
  people: readonly LineFacts[];
  servers: readonly ServerFacts[];
  gathered: readonly Gathered[];
  onChoose: (at: string) => void;
  /** Undefined: it stays. */
  onClose: (() => void) | undefined;
  onOpen: (conversation: string) => void;
  /** It floats on the left, so that it does not hide what was chosen. */
  left: boolean;
  ref: Ref<HTMLElement>;
}

/** The facts of what was chosen in the picture; of me when nothing was. */
export function Card({ chosen, people, servers, gathered, onChoose, onClose, onOpen, left, ref }: CardProps) {
  const { t } = useTranslation();
  const person = people.find(({ row }) => personKey(row.id) === chosen);
  const server = servers.find((one) => serverKey(one.server.id) === chosen);
  const group = gathered.find((one) => gatheredKey(one.group) === chosen);
  return (
    <aside
      ref={ref}
      className={styles.card}
      tabIndex={-1}
      aria-label={t('network.card.label')}
      data-pane="details"
      data-left={left || undefined}
    >
      {onClose && (
        <span className={styles.close}>
          <IconButton label={t('network.card.close')} size="small" onPress={onClose}>
            <X size={16} strokeWidth={1.75} aria-hidden="true" />
          </IconButton>
        </span>
      )}
      {person ? (
        <PersonCard facts={person} onOpen={onOpen} />
      ) : server ? (
        <ServerCard facts={server} />
      ) : group ? (
        <GatheredCard group={group} people={people} onChoose={onChoose} />
      ) : (
        <OwnCard people={people} servers={servers} />
      )}
    </aside>
  );
}

/** The time, again every half minute. */
function useNow(): number {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 30_000);
    return () => clearInterval(timer);
  }, []);
  return now;
}

function Fact({ name, children, mono = false }: { name: string; children: ReactNode; mono?: boolean }) {
  return (
    <div className={styles.fact}>
      <dt>{name}</dt>
      <dd className={mono ? styles.mono : undefined}>{children}</dd>
    </div>
  );
}

function PersonCard({ facts, onOpen }: { facts: LineFacts; onOpen: (conversation: string) => void }) {
  const { t } = useTranslation();
  const { row, line, carried, open } = facts;
  const picture = usePicture(row.id, row.picture);
  const now = useNow();
  const presence = row.contact === 'mutual' ? row.presence : 'unknown';
  const words =
    row.retired && row.contact === 'mutual' ? 'retired' : row.contact === 'mutual' ? row.presence : row.contact;
  const since = open && carried?.opened;
  const path = line.state === 'lan' || line.state === 'direct' || line.state === 'relayed' ? line.state : undefined;
  return (
    <>
      <div className={styles.who}>
        <Lid letter={initial(row.name)} color={row.color} size={44} picture={picture} presence={presence} />
        <div className={styles.names}>
          <h2 className={styles.name} dir="auto">
            {row.name}
          </h2>
          <span className={styles.under}>
            {since
              ? t('network.card.up', { time: elapsed(since, now) })
              : t(`line.presence.${words}`, { name: shortName(row.name) })}
          </span>
        </div>
      </div>
      <div className={styles.chip}>
        <Chip kind={lineKind(line.state)} icon={<LineSign state={line.state} />}>
          <span className={styles.state}>{lineWords(line, { name: shortName(row.name), queued: row.queued })}</span>
        </Chip>
      </div>
      {open && carried && carried.delays.length > 1 && <Delays delays={carried.delays} />}
      <dl className={styles.facts}>
        {line.delay !== undefined && <Fact name={t('network.card.delay')}>{delayWords(line.delay)}</Fact>}
        {carried && <Fact name={t('network.card.received')}>{fileSize(carried.received)}</Fact>}
        {carried && <Fact name={t('network.card.sent')}>{fileSize(carried.sent)}</Fact>}
        {path && <Fact name={t('network.card.path')}>{t(`network.path.${path}`)}</Fact>}
        {row.line.host !== '' && path === 'relayed' && (
          <Fact name={t('network.card.relay')} mono>
            {row.line.host}
          </Fact>
        )}
        {open && carried?.family && <Fact name={t('network.card.address')}>{t(`network.card.${carried.family}`)}</Fact>}
        {row.queued > 0 && line.state !== 'banned' && <Fact name={t('network.card.queued')}>{number(row.queued)}</Fact>}
        {path && <Fact name={t('network.card.sealed')}>{t('network.card.endToEnd')}</Fact>}
      </dl>
      <Open onPress={() => onOpen(row.id)} />
    </>
  );
}

function Open({ onPress }: { onPress: () => void }) {
  const { t } = useTranslation();
  return (
    <span className={styles.wide} data-open>
      <Button size="small" onPress={onPress}>
        {t('network.card.open')}
      </Button>
    </span>
  );
}

function ServerCard({ facts }: { facts: ServerFacts }) {
  const { t } = useTranslation();
  const { server } = facts;
  const owner = server.mine ? 'mine' : server.guest ? 'guest' : 'yours';
  const kind = server.state === 'online' ? 'ok' : server.state === 'down' ? 'bad' : 'plain';
  return (
    <>
      <h2 className={styles.host}>{server.address}</h2>
      <span className={styles.under}>{t(`settings.server.${owner}`)}</span>
      <div className={styles.chip}>
        <Chip kind={kind}>{serverWords({ ...facts, relays: 0 })}</Chip>
      </div>
      {server.error && <p className={styles.why}>{errorText(server.error)}</p>}
      <dl className={styles.facts}>
        {server.since && <Fact name={t('network.card.stateSince')}>{dateAndTime(server.since)}</Fact>}
        {facts.relays > 0 && <Fact name={t('network.card.relays')}>{number(facts.relays)}</Fact>}
      </dl>
      <ToSettings />
    </>
  );
}

function ToSettings() {
  const { t } = useTranslation();
  return (
    <span className={styles.wide} data-open>
      <Button
        size="small"
        icon={<SlidersHorizontal size={14} strokeWidth={2} aria-hidden="true" />}
        onPress={() => showSettings('network')}
      >
        {t('network.settings')}
      </Button>
    </span>
  );
}

/** As many names of gathered people are listed. */
const mostNames = 60;

function GatheredCard({
  group,
  people,
  onChoose,
}: {
  group: Gathered;
  people: readonly LineFacts[];
  onChoose: (at: string) => void;
}) {
  const { t } = useTranslation();
  const inside = new Set(group.people);
  const all = people.filter(({ row }) => inside.has(row.id));
  return (
    <>
      <h2 className={styles.name}>{t(`network.gathered.${group.group as 'waiting'}`, { count: all.length })}</h2>
      <ul className={styles.list} aria-label={t('network.card.people')}>
        {all.slice(0, mostNames).map((facts) => (
          <li key={facts.row.id}>
            <PressButton className={styles.one} onPress={() => onChoose(personKey(facts.row.id))}>
              <Lid letter={initial(facts.row.name)} color={facts.row.color} size={24} />
              <span className={styles.oneName} dir="auto">
                {facts.row.name}
              </span>
              <span className={styles.under}>{factWords(facts)}</span>
            </PressButton>
          </li>
        ))}
      </ul>
      {all.length > mostNames && (
        <PressButton className={styles.rest} onPress={() => showNetworkAs('table')}>
          {t('network.more', { count: all.length - mostNames })}
        </PressButton>
      )}
    </>
  );
}

/** What I have: lines, bytes, servers. */
function OwnCard({ people, servers }: { people: readonly LineFacts[]; servers: readonly ServerFacts[] }) {
  const { t } = useTranslation();
  const profile = useSession((state) => state.profile);
  const picture = usePicture('', profile.picture);
  const up = servers.filter(({ server }) => server.state === 'online').length;
  const queued = people.reduce((sum, { row, line }) => sum + (line.state === 'banned' ? 0 : row.queued), 0);
  return (
    <>
      <div className={styles.who}>
        <Lid letter={initial(profile.name)} color={profile.color} size={44} picture={picture} />
        <div className={styles.names}>
          <h2 className={styles.name} dir="auto">
            {profile.name}
          </h2>
          <span className={styles.under}>
            {t('network.linesOpen', { count: people.filter((one) => one.open).length })}
          </span>
        </div>
      </div>
      <dl className={styles.facts}>
        <Fact name={t('network.card.servers')}>
          {t('network.card.answering', { up: number(up), all: number(servers.length) })}
        </Fact>
        {queued > 0 && <Fact name={t('network.card.queued')}>{number(queued)}</Fact>}
      </dl>
      {people.length > 0 && <p className={styles.hint}>{t('network.card.choose')}</p>}
      <ToSettings />
    </>
  );
}
