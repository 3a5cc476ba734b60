import { CircleAlert, FolderSync, GitFork, Hourglass, Wrench, X } from 'lucide-react';
import { backend, type Conversation, type Notice } from '@/backend';
import { errorText, useTranslation } from '@/i18n';
import { showToast, useSession } from '@/model';
import { classes, IconButton, Note } from '@/ui';
import styles from './App.module.css';
import { FloodNotice } from './FloodNotice';
import { focusComposer } from './focus';

/** What a person should know of this contact: an older version on their side, copies of a Tincan, a gap, a flood. */
export function ContactNotice({ conversation }: { conversation: Conversation }) {
  const { notice, id, contact } = conversation;
  if (!notice || contact === 'forgotten') return null;
  const className = classes(styles.problem, styles.under);
  if (notice.code === 'flood') {
    if (contact === 'banned') return null;
    return <FloodNotice notice={notice} conversation={conversation} className={className} />;
  }
  return <NoticeNote notice={notice} conversation={id} className={className} />;
}

/** What a person should know of the folder that this app runs in. */
export function InstallNotice({ className }: { className: string }) {
  const notice = useSession((state) => state.notice);
  return notice ? <NoticeNote notice={notice} conversation="" className={className} /> : null;
}

interface NoticeNoteProps {
  notice: Notice;
  /** '' for this install. */
  conversation: string;
  className: string;
}

function NoticeNote({ notice, conversation, className }: NoticeNoteProps) {
  const { t } = useTranslation();

  async function dismiss(): Promise<void> {
    try {
      await backend().dismissNotice(conversation, notice.id);
      focusComposer();
    } catch (reason) {
      showToast(errorText(reason));
    }
  }

  return (
    <Note
      // What repairs itself is no warning.
      kind={['gap', 'copied', 'salvaged'].includes(notice.code) ? 'plain' : 'warn'}
      role="status"
      icon={<NoticeIcon code={notice.code} />}
      className={className}
      action={
        notice.id !== '' && (
          <IconButton
            label={t('app.dismiss')}
            size="small"
            className={styles.dismiss ?? ''}
            onPress={() => void dismiss()}
          >
            <X size={16} strokeWidth={2} aria-hidden="true" />
          </IconButton>
        )
      }
    >
      {errorText(notice)}
    </Note>
  );
}

function NoticeIcon({ code }: { code: string }) {
  const look = { size: 18, strokeWidth: 1.75, 'aria-hidden': true } as const;
  if (code === 'copied') return <FolderSync {...look} />;
  if (code === 'salvaged') return <Wrench {...look} />;
  if (code === 'gap') return <Hourglass {...look} />;
  return code.startsWith('fork') || code.startsWith('copies') ? <GitFork {...look} /> : <CircleAlert {...look} />;
}
