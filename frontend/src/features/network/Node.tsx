import { Server as ServerIcon } from 'lucide-react';
import { type CSSProperties, memo, type ReactNode } from 'react';
import { number } from '@/i18n';
import { initial, usePicture } from '@/model';
import { classes, Hidden, Lid, PressButton } from '@/ui';
import type { LineFacts, ServerFacts } from './facts';
import type { Side } from './layout/layout';
import styles from './Node.module.css';
import { factWords, nodeLabel, serverWords } from './words';

interface NodeProps {
  /** The name of its place: Motion puts it there. */
  at: string;
  label: string;
  /** How large it is, and how wide its words are, in pixels. */
  size: number;
  width: number;
  side: Side;
  /** The one that Tab reaches. */
  reachable: boolean;
  chosen: boolean;
  className?: string | undefined;
  /** Whom one looks at. */
  onLook: (at: string) => void;
  onPress: (at: string) => void;
  /** What is there, and the words beside it. */
  children: ReactNode;
  words?: ReactNode;
}

/** A place of the picture: a button. */
function Node({
  at,
  label,
  size,
  width,
  side,
  reachable,
  chosen,
  className,
  onLook,
  onPress,
  children,
  words,
}: NodeProps) {
  return (
    <div
      className={classes(styles.place, className)}
      style={{ '--z': `${size}px`, '--words': `${width}px` } as CSSProperties}
      data-at={at}
      onPointerEnter={() => onLook(at)}
      onPointerLeave={() => onLook('')}
    >
      <PressButton
        className={styles.node}
        data-node={at}
        aria-pressed={chosen}
        tabIndex={reachable ? 0 : -1}
        hint={side === 'none' ? { text: label } : undefined}
        onFocus={() => onLook(at)}
        onPress={() => onPress(at)}
      >
        <span className={styles.lid} aria-hidden="true">
          {children}
        </span>
        <Hidden>{label}</Hidden>
      </PressButton>
      {side !== 'none' && (
        <span className={styles.words} data-side={side} aria-hidden="true" onClick={() => onPress(at)}>
          {words}
        </span>
      )}
    </div>
  );
}

export interface PlacedNodeProps {
  at: string;
  size: number;
  width: number;
  side: Side;
  reachable: boolean;
  chosen: boolean;
  onLook: (at: string) => void;
  onPress: (at: string) => void;
}

/** Lids under this size have no room for every sign, in pixels. */
const smallLid = 30;

/** Somebody: a lid, a name, and the delay or what keeps them away. */
export const PersonNode = memo(function PersonNode({
  facts,
  lines,
  ...place
}: PlacedNodeProps & { facts: LineFacts; lines: number }) {
  const { row, line } = facts;
  const picture = usePicture(row.id, row.picture);
  const there = line.state === 'banned' || row.contact !== 'mutual' ? 'unknown' : row.presence;
  // Small lids stand close: a ring for everybody who is away would lie over others. They are pale, and the words say it.
  const presence = place.size < smallLid && there === 'offline' ? 'unknown' : there;
  return (
    <Node
      {...place}
      label={nodeLabel(facts)}
      words={
        <>
          <span className={styles.name} dir="auto">
            {facts.name}
          </span>
          {lines > 1 && <span className={styles.fact}>{factWords(facts)}</span>}
        </>
      }
    >
      <Lid
        letter={initial(row.name)}
        color={row.color}
        size={place.size}
        picture={picture}
        presence={presence}
        faded={!facts.open}
      />
    </Node>
  );
});

/** An introduction server. */
export function ServerNode({ facts, ...place }: PlacedNodeProps & { facts: ServerFacts; label: string }) {
  return (
    <Node
      {...place}
      className={classes(styles.server, facts.server.state === 'down' && styles.down)}
      words={
        <>
          <span className={styles.host}>{facts.host}</span>
          <span className={styles.fact}>{serverWords(facts)}</span>
        </>
      }
    >
      <ServerIcon size={16} strokeWidth={2} aria-hidden="true" />
    </Node>
  );
}

/** People who share a place, because there are too many. */
export function GatheredNode({ count, ...place }: PlacedNodeProps & { count: number; label: string }) {
  return (
    <Node {...place} className={styles.gathered}>
      +{number(count)}
    </Node>
  );
}

/** Me, in the middle. */
export function MeNode({
  name,
  color,
  picture,
  ...place
}: PlacedNodeProps & { label: string; name: string; color: number; picture: string }) {
  return (
    <Node {...place} className={styles.me}>
      <Lid letter={initial(name)} color={color} size={place.size} picture={picture} />
    </Node>
  );
}
