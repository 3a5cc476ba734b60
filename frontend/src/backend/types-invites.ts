// Invites and requests: the part of types.ts that is about how people come together.

/** Invite is one of my own. */
export interface Invite {
  id: string;
  label: string;
  /** tincan:invite/1#… */
  link: string;
  /** a readable beginning to show */
  short: string;
  /** SVG path data of the dark modules on a grid of QRSize */
  qr: string;
  /** modules along one side, quiet zone not included */
  qrSize: number;
  created: string;
  expires: string;
  /** people it may bring */
  uses: number;
  used: number;
  /** names of those who came by it and are contacts */
  people: string[];
  /** neither expired, used up nor revoked */
  active: boolean;
}

/** InviteOptions are what the person chose; zero values mean 7 days, one person. */
export interface InviteOptions {
  label: string;
  /** 1, 7 or 30 */
  days: number;
  /** 1 to 100 */
  uses: number;
}

/** InvitePreview is what an invite from someone else says. */
export interface InvitePreview {
  peerId: string;
  name: string;
  color: number;
  /** host:port */
  servers: string[];
  expires: string;
  /** 12 groups of five digits */
  safetyNumber: string;
  /** set when they are a contact already */
  conversation?: string;
}

/** Request is somebody who asks. */
export interface Request {
  /** the conversation it would become */
  id: string;
  peerId: string;
  name: string;
  color: number;
  /** at most 1 KiB; plain, nothing in it is live */
  text: string;
  /** when it arrived here */
  time: string;
  inviteLabel: string;
  inviteMade: string;
  /** they found me by my handle: there is no invite */
  stranger?: boolean;
  safetyNumber: string;
}
