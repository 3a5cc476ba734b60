import { Car, Clock, Coffee, Flag, Heart, Leaf, Lightbulb, PersonStanding, Smile, Trophy } from 'lucide-react';
import { type KeyboardEvent, useRef } from 'react';
import { useTranslation } from '@/i18n';
import { type GroupName, groupNames } from './data';
import styles from './Emoji.module.css';

type Chosen = GroupName | 'recent';

const icons = {
  recent: Clock,
  faces: Smile,
  people: PersonStanding,
  nature: Leaf,
  food: Coffee,
  travel: Car,
  sport: Trophy,
  things: Lightbulb,
  signs: Heart,
  flags: Flag,
};

export interface GroupsProps {
  /** None while something is looked for. */
  chosen: Chosen | undefined;
  /** There are some that were used last. */
  recent: boolean;
  /** The id of what they change. */
  panel: string;
  onChoose: (group: Chosen) => void;
}

/** The groups as a row of tabs. */
export function Groups({ chosen, recent, panel, onChoose }: GroupsProps) {
  const { t } = useTranslation();
  const row = useRef<HTMLDivElement>(null);
  const all: readonly Chosen[] = recent ? ['recent', ...groupNames] : groupNames;
  const reachable = chosen ?? all[0];

  function step(event: KeyboardEvent, at: number): void {
    const next = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: all.length - 1 }[event.key];
    if (next === undefined || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    const to = (next + all.length) % all.length;
    row.current?.querySelectorAll('button')[to]?.focus();
    onChoose(all[to] ?? 'faces');
  }

  return (
    <div ref={row} className={styles.groups} role="tablist" aria-label={t('picker.groups')}>
      {all.map((group, at) => {
        const Icon = icons[group];
        return (
          <button
            key={group}
            type="button"
            className={styles.group}
            role="tab"
            aria-selected={group === chosen}
            aria-controls={panel}
            aria-label={t(`picker.group.${group}`)}
            title={t(`picker.group.${group}`)}
            tabIndex={group === reachable ? 0 : -1}
            onClick={() => onChoose(group)}
            onKeyDown={(event) => step(event, at)}
          >
            <Icon size={18} strokeWidth={1.75} aria-hidden="true" />
          </button>
        );
      })}
    </div>
  );
}
