import { Copy, Ellipsis, type LucideIcon, Pencil, Reply, SmilePlus } from 'lucide-react';
import { useLayoutEffect, useRef } from 'react';
import type { Message } from '@/backend';
import { useTranslation } from '@/i18n';
import { type Box, boxOf, keyNames, keysOfMessage, Toolbar } from '@/ui';
import { type Action, isPossible, type Limits } from './actions';
import styles from './Parts.module.css';
import { placeTools } from './tools';

const tools: readonly [Action, LucideIcon][] = [
  ['react', SmilePlus],
  ['reply', Reply],
  ['copy', Copy],
  ['edit', Pencil],
  ['more', Ellipsis],
];

export interface MessageToolsProps {
  message: Message;
  limits: Limits;
  /** What of the tools is open now, for example `more`. */
  opened: Action | undefined;
  onAction: (action: Action, message: Message, at: Box) => void;
}

/** What can be done with a message, above it while it has the pointer or the focus. */
export function MessageTools({ message, limits, opened, onAction }: MessageToolsProps) {
  const { t } = useTranslation();
  const bar = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    if (bar.current) placeTools(bar.current);
  }, []);
  return (
    <Toolbar ref={bar} className={styles.tools} aria-label={t('message.tools')} data-tools="">
      {tools.map(([action, Icon]) => {
        if (!isPossible(action, message, limits)) return null;
        const label = t(`message.${action as 'react' | 'reply' | 'copy' | 'edit' | 'more'}`);
        return (
          <button
            key={action}
            type="button"
            className={styles.tool}
            aria-label={label}
            title={action === 'more' ? label : `${label} (${keyNames(keysOfMessage[action][0])})`}
            aria-haspopup={action === 'more' ? 'menu' : action === 'react' ? 'dialog' : undefined}
            aria-expanded={action === 'more' || action === 'react' ? opened === action : undefined}
            // The focus stays where the person writes.
            onMouseDown={(event) => event.preventDefault()}
            onClick={(event) => onAction(action, message, boxOf(event.currentTarget))}
          >
            <Icon size={18} strokeWidth={1.75} aria-hidden="true" />
          </button>
        );
      })}
    </Toolbar>
  );
}
