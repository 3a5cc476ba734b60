import { Ban, ShieldAlert, UserX } from 'lucide-react';
import type { Conversation } from '@/backend';
import styles from './ConversationRow.module.css';

/** What a row says on its lid, where presence stands of the others: its words say the same. */
export type Sign = 'banned' | 'held' | 'forgotten' | undefined;

export function signOf({ contact, verified }: Conversation): Sign {
  if (contact === 'banned' || contact === 'forgotten') return contact;
  return verified.trust === 'differs' ? 'held' : undefined;
}

const icons = { banned: Ban, held: ShieldAlert, forgotten: UserX } as const;

export function RowSign({ sign }: { sign: Sign }) {
  if (!sign) return null;
  const Icon = icons[sign];
  return (
    <span className={styles.sign} data-sign={sign} aria-hidden="true">
      <Icon size={12} strokeWidth={2.25} />
    </span>
  );
}
