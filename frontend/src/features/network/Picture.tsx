import { type KeyboardEvent, useEffect, useId, useLayoutEffect, useMemo, useRef, useState } from 'react';
import { number, useTranslation } from '@/i18n';
import { showNetworkAs, usePicture, useSession } from '@/model';
import { LineGlyph, PressButton, useMedia } from '@/ui';
import { Card } from './Card';
import type { LineFacts, ServerFacts } from './facts';
import type { Layout } from './layout/layout';
import { Motion } from './motion';
import { GatheredNode, MeNode, PersonNode, type PlacedNodeProps, ServerNode } from './Node';
import styles from './Picture.module.css';
import { gatheredKey, meKey, personKey, serverKey, strandsOf } from './strands';
import { mostServers, useLayout } from './useLayout';
import { useSize } from './useSize';
import { serverWords } from './words';

export interface PictureProps {
  people: readonly LineFacts[];
  servers: readonly ServerFacts[];
  /** The name of the place whose card is shown, '' for none. */
  chosen: string;
  onChoose: (at: string) => void;
  onOpen: (conversation: string) => void;
}

/** From here on the card stands beside the picture, otherwise it floats above it. */
const besideQuery = '(min-width: 1180px)';

/** Me in the middle, and everybody as far away as their answer takes. */
export function Picture({ people, servers, chosen, onChoose, onOpen }: PictureProps) {
  const { t } = useTranslation();
  const [measure, size] = useSize();
  const layout = useLayout(size, people, servers);
  const beside = useMedia(besideQuery);
  const root = useRef<HTMLDivElement>(null);
  const card = useRef<HTMLElement>(null);
  /** Who opened a card goes on there. */
  const enter = useRef(false);

  useEffect(() => {
    if (!enter.current) return;
    enter.current = false;
    (card.current?.querySelector<HTMLElement>('[data-open] button, ul button') ?? card.current)?.focus({
      preventScroll: true,
    });
  }, [chosen]);

  function choose(at: string): void {
    enter.current = at !== '';
    onChoose(at);
  }

  function close(): void {
    root.current?.querySelector<HTMLElement>(`[data-node="${CSS.escape(chosen)}"]`)?.focus();
    onChoose('');
  }

  function onKeyDown(event: KeyboardEvent): void {
    if (event.key !== 'Escape' || chosen === '') return;
    event.preventDefault();
    close();
  }

  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: Esc works wherever the focus is in here.
    <div ref={root} className={styles.place} data-beside={beside || undefined} onKeyDown={onKeyDown}>
      <div className={styles.drawing}>
        <div ref={measure} className={styles.frame}>
          {layout && <Drawing layout={layout} people={people} servers={servers} chosen={chosen} onChoose={choose} />}
        </div>
        <div className={styles.legend}>
          {(['direct', 'lan', 'relayed', 'waiting'] as const).map((state) => (
            <span key={state} className={styles.sign}>
              <span className={styles.glyph}>
                <LineGlyph state={state} />
              </span>
              {t(`network.legend.${state}`)}
            </span>
          ))}
          {layout && servers.length > layout.servers.length && (
            <PressButton className={styles.more} onPress={() => showNetworkAs('table')}>
              {t('network.moreServers', { count: servers.length - layout.servers.length })}
            </PressButton>
          )}
        </div>
      </div>
      {(beside || chosen !== '') && (
        <Card
          ref={card}
          left={!beside && layout !== undefined && placeOf(layout, chosen) > layout.width / 2}
          chosen={chosen}
          people={people}
          servers={servers}
          gathered={layout?.gathered ?? []}
          onChoose={choose}
          onClose={chosen === '' ? undefined : close}
          onOpen={onOpen}
        />
      )}
    </div>
  );
}

/** How far from the left something of the picture stands, 0 for nothing. */
function placeOf(layout: Layout, at: string): number {
  const found =
    layout.people.find(({ id }) => personKey(id) === at) ??
    layout.servers.find(({ id }) => serverKey(id) === at) ??
    layout.gathered.find(({ group }) => gatheredKey(group) === at);
  return found?.x ?? 0;
}

interface DrawingProps {
  layout: Layout;
  people: readonly LineFacts[];
  servers: readonly ServerFacts[];
  chosen: string;
  onChoose: (at: string) => void;
}

function Drawing({ layout, people, servers, chosen, onChoose }: DrawingProps) {
  const { t } = useTranslation();
  const profile = useSession((state) => state.profile);
  const picture = usePicture('', profile.picture);
  const asked = useSession((state) => state.settings.still ?? false);
  const still = useMedia('(prefers-reduced-motion: reduce)') || asked;
  const root = useRef<HTMLDivElement>(null);
  const motion = useRef<Motion>(undefined);
  const ground = useId();
  /** Whom one looks at: their string is thicker. */
  const [looked, setLooked] = useState('');
  const [reached, setReached] = useState(meKey);

  const strands = useMemo(() => strandsOf(people, servers, layout), [people, servers, layout]);
  const places = useMemo(() => {
    const all = new Map([[meKey, { x: layout.x, y: layout.y }]]);
    for (const one of layout.people) all.set(personKey(one.id), one);
    for (const one of layout.servers) all.set(serverKey(one.id), one);
    for (const one of layout.gathered) all.set(gatheredKey(one.group), one);
    return all;
  }, [layout]);
  const byPerson = useMemo(() => new Map(layout.people.map((one) => [one.id, one])), [layout]);
  const sizeKey = `${layout.width} ${layout.height}`;
  const drawnSize = useRef(sizeKey);

  useLayoutEffect(() => {
    if (!root.current) return;
    motion.current ??= new Motion(root.current);
    // A window that grows takes everything along at once.
    const jump = still || drawnSize.current !== sizeKey;
    drawnSize.current = sizeKey;
    motion.current.show({ places, strands, lid: layout.lid }, jump);
  }, [places, strands, layout, still, sizeKey]);
  useEffect(() => () => motion.current?.end(), []);

  function step(event: KeyboardEvent): void {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    const nodes = [...(root.current?.querySelectorAll<HTMLElement>('[data-node]') ?? [])];
    const at = nodes.indexOf(document.activeElement as HTMLElement);
    if (at < 0) return;
    const last = nodes.length - 1;
    const next = { ArrowRight: at + 1, ArrowDown: at + 1, ArrowLeft: at - 1, ArrowUp: at - 1, Home: 0, End: last }[
      event.key
    ];
    if (next === undefined) return;
    event.preventDefault();
    nodes[(next + nodes.length) % nodes.length]?.focus();
  }

  const known = places.has(reached) ? reached : meKey;
  const place = (at: string, width: number, size: number, side: PlacedNodeProps['side']): PlacedNodeProps => ({
    ...{ at, width, size, side, reachable: at === known, chosen: at === chosen, onPress: onChoose },
    onLook: look,
  });

  function look(at: string): void {
    setLooked(at);
    if (at !== '' && document.activeElement instanceof HTMLElement && document.activeElement.dataset.node === at)
      setReached(at);
  }

  const lines = t('network.linesOpen', { count: people.filter((one) => one.open).length });
  return (
    <>
      <div ref={root} className={styles.picture} role="group" aria-label={t('network.pictureLabel')} onKeyDown={step}>
        <svg className={styles.strings} width={layout.width} height={layout.height} aria-hidden="true">
          <defs>
            <radialGradient id={ground}>
              <stop offset="0" className={styles.middle} />
              <stop offset="1" className={styles.edge} />
            </radialGradient>
          </defs>
          <circle cx={layout.x} cy={layout.y} r={layout.radius} fill={`url(#${ground})`} />
          {layout.rings.map(({ delay, radius }) => (
            <circle key={delay} className={styles.ring} cx={layout.x} cy={layout.y} r={radius} />
          ))}
          {strands.map((strand) => {
            const hot = [looked, chosen].some((at) => at !== '' && strand.of.includes(at));
            return (
              <g
                key={strand.id}
                className={styles.strand}
                data-form={strand.form}
                data-tone={strand.tone}
                data-hot={hot}
              >
                <path className={styles.line} data-strand={strand.id} />
                {strand.form === 'bead' && (
                  <>
                    <path className={styles.bead} data-bead={strand.id} />
                    <path className={styles.beadInside} data-bead={strand.id} />
                  </>
                )}
                {strand.busy && <path className={styles.flow} data-strand={strand.id} />}
              </g>
            );
          })}
        </svg>
        {layout.rings.map(({ delay, radius }) => (
          <span
            key={delay}
            className={styles.scale}
            style={{ left: layout.x, top: layout.y + radius }}
            aria-hidden="true"
          >
            {t('network.ring', { value: number(delay) })}
          </span>
        ))}
        <MeNode
          {...place(meKey, 0, layout.me, 'below')}
          label={t('network.you', { lines })}
          name={profile.name}
          color={profile.color}
          picture={picture}
        />
        {people.map((facts) => {
          const placed = byPerson.get(facts.row.id);
          if (!placed) return null;
          const at = place(personKey(placed.id), placed.label, layout.lid, placed.side);
          return <PersonNode key={placed.id} {...at} facts={facts} lines={layout.lines} />;
        })}
        {layout.gathered.map(({ group, people: inside }) => {
          const at = place(gatheredKey(group), 0, 42, 'none');
          const label = t(`network.gathered.${group as 'waiting'}`, { count: inside.length });
          return <GatheredNode key={group} {...at} count={inside.length} label={label} />;
        })}
        {servers.slice(0, mostServers).map((facts) => {
          const placed = layout.servers.find(({ id }) => id === facts.server.id);
          if (!placed) return null;
          const at = place(serverKey(placed.id), placed.label, 34, placed.side);
          const label = t('network.server', { host: facts.host, fact: serverWords(facts) });
          return <ServerNode key={placed.id} {...at} facts={facts} label={label} />;
        })}
      </div>
      {people.length === 0 && (
        <div className={styles.nobody} role="status">
          <b>{t('network.none')}</b>
          <span>{t('network.noneText')}</span>
        </div>
      )}
    </>
  );
}
