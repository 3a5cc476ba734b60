import type { Conversation } from '@/backend';
import { Composer } from '@/features/composer';
import { ConversationHeader } from '@/features/conversation';
import { Timeline } from '@/features/timeline';
import { TrustNotice } from '@/features/verify/TrustNotice';
import { useSelection } from '@/model';
import { classes } from '@/ui';

export { Details } from '@/features/details';

import styles from './App.module.css';
import { ContactNotice } from './Notices';
import { ProblemBar } from './ProblemBar';

export interface TalkProps {
  conversation: Conversation;
  detailsOpen: boolean;
  onDetails: () => void;
}

/** An open conversation: its header, its messages, and where the next one is written. */
export function Talk({ conversation, detailsOpen, onDetails }: TalkProps) {
  // The bar of what is selected stands in its place.
  const selecting = useSelection((state) => state.conversation === conversation.id);
  return (
    <>
      <ConversationHeader conversation={conversation} detailsOpen={detailsOpen} onDetails={onDetails} />
      <ProblemBar under />
      <ContactNotice conversation={conversation} />
      <TrustNotice conversation={conversation} className={classes(styles.problem, styles.under)} />
      <Timeline conversation={conversation} />
      {!selecting && <Composer key={conversation.id} conversation={conversation} />}
    </>
  );
}
