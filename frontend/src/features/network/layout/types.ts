/** Somebody to be placed. */
export interface Person {
  id: string;
  /** Round trip in milliseconds; undefined: not known, so that they stand outside the rings. */
  delay: number | undefined;
  /** What those who find no place of their own are gathered by. */
  group: string;
  /** Width of the words beside the lid, in pixels. */
  label: number;
  /** The server that their line goes through: they stand near it. */
  near?: string;
}

export interface Place {
  id: string;
  label: number;
}

export interface LayoutInput {
  width: number;
  height: number;
  /** Of texts: 1, or 1.3 for larger ones. */
  scale: number;
  /** The most important first: those at the end are gathered when there are too many. */
  people: readonly Person[];
  servers: readonly Place[];
}

/** Where the words stand beside a lid; none: they do not fit, and are said when somebody comes near. */
export type Side = 'below' | 'above' | 'left' | 'right' | 'none';

export interface Placed {
  id: string;
  /** Middle of the lid. */
  x: number;
  y: number;
  side: Side;
  /** Width that the words have. */
  label: number;
  /** The round trip that put them there. */
  delay?: number | undefined;
}

/** People who share a place. */
export interface Gathered extends Placed {
  group: string;
  people: readonly string[];
}

export interface Layout {
  width: number;
  height: number;
  scale: number;
  /** Which of the plans it is, 0 the roomiest. */
  plan: number;
  /** How many lines of words stand beside a lid. */
  lines: number;
  /** Middle of the rings. */
  x: number;
  y: number;
  /** Diameters: of my lid, and of theirs. */
  me: number;
  lid: number;
  /** Of the outermost ring. */
  radius: number;
  rings: readonly { delay: number; radius: number }[];
  people: readonly Placed[];
  servers: readonly Placed[];
  gathered: readonly Gathered[];
}
