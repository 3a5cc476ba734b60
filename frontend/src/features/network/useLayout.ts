import { useEffect, useMemo, useState } from 'react';
import { session, useSession } from '@/model';
import { type LineFacts, relayOf, type ServerFacts } from './facts';
import { type Layout, type LayoutInput, layOut } from './layout/layout';
import type { Size } from './useSize';
import { textWidth } from './widths';
import { factWords, serverWords } from './words';

/** As many servers have a place in the picture. */
export const mostServers = 6;

/** Where everybody stood when the picture was last seen, so that they stand there again. */
let remembered: Layout | undefined;

// A locked window knows nothing of anybody.
session.subscribe(({ status }) => {
  if (status === 'locked') remembered = undefined;
});

function inputOf(
  { width, height }: Size,
  scale: number,
  people: readonly LineFacts[],
  servers: readonly ServerFacts[],
): LayoutInput {
  const shown = servers.slice(0, mostServers);
  return {
    ...{ width, height, scale },
    people: people.map((facts) => {
      const relay = relayOf(facts, shown);
      const name = textWidth(facts.name, 13 * scale);
      return {
        id: facts.row.id,
        delay: facts.line.delay,
        group: facts.line.state,
        // The words under a name change with every answer; their place does not.
        label: Math.max(name, textWidth(factWords(facts).replace(/\d/g, '0').replace(/0+/, '000'), 12 * scale)),
        ...(relay ? { near: relay.server.id } : {}),
      };
    }),
    // Those that carry lines come and go; the order of addresses stays.
    servers: [...shown]
      .sort((a, b) => (a.server.id < b.server.id ? -1 : 1))
      .map((facts) => ({
        id: facts.server.id,
        label: Math.max(textWidth(facts.host, 12 * scale, true), textWidth(serverWords(facts), 12 * scale)),
      })),
  };
}

/** Where everybody stands now; undefined before the picture was measured. It changes only when somebody has to move. */
export function useLayout(
  size: Size | undefined,
  people: readonly LineFacts[],
  servers: readonly ServerFacts[],
): Layout | undefined {
  const scale = useSession((state) => state.settings.textSize);
  const wanted = useMemo(
    () => (size ? JSON.stringify(inputOf(size, scale, people, servers)) : ''),
    [size, scale, people, servers],
  );
  const [held, setHeld] = useState<{ wanted: string; layout: Layout | undefined }>({ wanted: '', layout: remembered });
  if (held.wanted !== wanted && wanted !== '') {
    setHeld({ wanted, layout: layOut(JSON.parse(wanted) as LayoutInput, held.layout) });
  }
  useEffect(() => {
    if (held.layout) remembered = held.layout;
  }, [held]);
  return held.wanted === '' ? undefined : held.layout;
}
