/** Folder is where the list has a conversation; archived and deleted ones come back when somebody writes. */
export type Folder = '' | 'archived' | 'hidden';

/** Standing is how this person keeps a conversation. Nobody else learns of it. */
export interface Standing {
  /** place among those at the top of the list, from 1 on; absent: it is not one */
  pinned?: number;
  /** absent: the list */
  folder?: Folder;
  /** what they send makes no noise */
  quiet?: boolean;
  /** as unread, though it may be read */
  marked?: boolean;
  /** when its messages were erased last; absent: never */
  cleared?: string;
}
