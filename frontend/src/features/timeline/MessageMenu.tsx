import { Copy, type LucideIcon, Pencil, Reply, Route, SmilePlus, SquareCheck, Trash2 } from 'lucide-react';
import type { Message } from '@/backend';
import { useTranslation } from '@/i18n';
import { type Box, keysOfMessage, MenuAt, type MenuEntry } from '@/ui';
import { type Action, isPossible, type Limits, takesBack } from './actions';

type Entry = Exclude<Action, 'more'>;

const icons: Record<Entry, LucideIcon> = {
  react: SmilePlus,
  reply: Reply,
  copy: Copy,
  select: SquareCheck,
  edit: Pencil,
  delivery: Route,
  delete: Trash2,
};

const order: readonly Entry[] = ['reply', 'react', 'copy', 'select', 'edit', 'delivery', 'delete'];

export interface MessageMenuProps {
  message: Message;
  limits: Limits;
  at: Box;
  onAction: (action: Action, message: Message, at: Box) => void;
  onClose: () => void;
}

/** Everything that can be done with a message, with its keys. */
export function MessageMenu({ message, limits, at, onAction, onClose }: MessageMenuProps) {
  const { t } = useTranslation();
  const entries = order
    .filter((action) => isPossible(action, message, limits))
    .map((action): MenuEntry => {
      const Icon = icons[action];
      return {
        id: action,
        label: action === 'delete' && !takesBack(message, limits) ? t('message.remove') : t(`message.${action}`),
        icon: <Icon size={16} strokeWidth={1.75} aria-hidden="true" />,
        keys: keysOfMessage[action][0],
        danger: action === 'delete',
        run: () => onAction(action, message, at),
      };
    });
  return <MenuAt label={t('message.tools')} at={at} entries={entries} onClose={onClose} />;
}
