import type { LucideIcon } from 'lucide-react';
import { type KeyboardEvent, type ReactNode, type Ref, useLayoutEffect, useRef, useState } from 'react';
import { tabStops } from './tabStops';

export interface TabListProps<Value extends string> {
  /** The beginning of the ids of tabs and panels. */
  id: string;
  label: string;
  tabs: readonly { value: Value; label: string; icon: LucideIcon }[];
  /** Of the icons, in pixels. */
  size?: number;
  value: Value;
  className?: string | undefined;
  tabClass?: string | undefined;
  ref?: Ref<HTMLDivElement>;
  onChange: (value: Value) => void;
}

/** Tabs over a panel. They are one Tab stop; arrows, Home and End show the panel of another. */
export function TabList<Value extends string>({
  id,
  label,
  tabs,
  size = 18,
  value,
  className,
  tabClass,
  ref,
  onChange,
}: TabListProps<Value>) {
  function onKeyDown(event: KeyboardEvent): void {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    const at = tabs.findIndex((tab) => tab.value === value);
    const rtl = getComputedStyle(event.currentTarget).direction === 'rtl';
    const step = rtl ? -1 : 1;
    const next = { ArrowRight: at + step, ArrowLeft: at - step, Home: 0, End: -1 }[event.key];
    const tab = next === undefined ? undefined : tabs.at(next % tabs.length);
    if (!tab) return;
    event.preventDefault();
    event.stopPropagation();
    onChange(tab.value);
    document.getElementById(`${id}-tab-${tab.value}`)?.focus();
  }

  return (
    <div ref={ref} role="tablist" aria-label={label} className={className} onKeyDown={onKeyDown}>
      {tabs.map((tab) => (
        // biome-ignore lint/a11y/useKeyWithClickEvents: the list takes the keys.
        <div
          key={tab.value}
          id={`${id}-tab-${tab.value}`}
          role="tab"
          data-key={tab.value}
          className={tabClass}
          aria-selected={tab.value === value}
          aria-controls={tab.value === value ? `${id}-panel-${tab.value}` : undefined}
          tabIndex={tab.value === value ? 0 : -1}
          onClick={() => onChange(tab.value)}
        >
          <tab.icon size={size} strokeWidth={1.75} aria-hidden="true" />
          {tab.label}
        </div>
      ))}
    </div>
  );
}

export interface TabPanelProps {
  /** As that of its tabs. */
  id: string;
  /** Which tab is chosen. */
  value: string;
  className?: string | undefined;
  children: ReactNode;
}

/** What belongs to the chosen tab. It is a Tab stop itself when there is none inside. */
export function TabPanel({ id, value, className, children }: TabPanelProps) {
  const panel = useRef<HTMLDivElement>(null);
  const [bare, setBare] = useState(false);
  useLayoutEffect(() => {
    const element = panel.current;
    if (!element) return;
    const look = () => setBare(tabStops(element).length === 0);
    const watched = new MutationObserver(look);
    look();
    watched.observe(element, { subtree: true, childList: true, attributeFilter: ['tabindex', 'disabled'] });
    return () => watched.disconnect();
  }, []);
  return (
    <div
      ref={panel}
      id={`${id}-panel-${value}`}
      role="tabpanel"
      aria-labelledby={`${id}-tab-${value}`}
      className={className}
      tabIndex={bare ? 0 : undefined}
    >
      {children}
    </div>
  );
}
