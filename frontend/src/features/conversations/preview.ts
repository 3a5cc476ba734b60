import type { Conversation } from '@/backend';
import { plainText } from '@/ui';

/** What the second line of a row says, in the order of what matters most. */
export type Preview =
  | { kind: 'typing' }
  | { kind: 'draft'; text: string }
  | { kind: 'queued'; count: number }
  | { kind: 'asked' }
  | { kind: 'banned' }
  | { kind: 'held' }
  | { kind: 'forgotten' }
  | { kind: 'cleared' }
  | { kind: 'mine'; text: string }
  | { kind: 'text'; text: string }
  | { kind: 'deleted' }
  | { kind: 'made' };

/** A draft is told for conversations that are not open: in the open one it stands in the composer. */
export function previewOf(row: Conversation, open: boolean): Preview {
  if (row.contact === 'banned') return { kind: 'banned' };
  if (row.contact === 'forgotten') return { kind: 'forgotten' };
  if (row.verified.trust === 'differs') return { kind: 'held' };
  if (row.typing) return { kind: 'typing' };
  if (row.draft && !open) return { kind: 'draft', text: row.draft };
  if (row.contact === 'asked' && !row.following) return { kind: 'asked' };
  if (row.queued > 0 && row.presence !== 'online') return { kind: 'queued', count: row.queued };
  if (row.previewDeleted) return { kind: 'deleted' };
  if (!row.preview) return { kind: row.cleared ? 'cleared' : 'made' };
  const text = plainText(row.preview, row.preview.endsWith('…'));
  return { kind: row.previewMine ? 'mine' : 'text', text };
}
