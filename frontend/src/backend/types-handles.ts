// Handles, name@server, as backend/app/types.go has them.

/** OwnHandle is one that I took. */
export interface OwnHandle {
  /** name@host */
  handle: string;
  host: string;
  /** the server says that nobody has it, or somebody else */
  lost?: boolean;
}

/** FoundPerson is who has a handle, as their own signature says. */
export interface FoundPerson {
  /** name@host */
  handle: string;
  peerId: string;
  /** a contact's; otherwise the name in the handle */
  name: string;
  color: number;
  /** 12 groups of five digits */
  safetyNumber: string;
  /** set when they are a contact already */
  conversation?: string;
  /** their own request waits for an answer */
  asking?: boolean;
}
