import { backend, type Invite } from '@/backend';

/** Modules of empty ground around a QR code (ISO/IEC 18004). */
const quietZone = 4;
/** A QR code with its ground is at most so wide where that is possible, in pixels. */
const mostWidth = 252;

export interface MyInvites {
  /** Newest first. */
  all: readonly Invite[];
  /** The one to hand on, '' when none could be made. */
  shown: string;
  /** Why none could be made. */
  failure?: unknown;
}

function sameDay(time: string, now: Date): boolean {
  return new Date(time).toDateString() === now.toDateString();
}

/** A link that may be handed on again: made today for one person, and nobody came by it yet. */
export function reusable(invites: readonly Invite[], now = new Date()): Invite | undefined {
  return invites.find((invite) => invite.active && invite.uses === 1 && sameDay(invite.created, now));
}

async function ask(): Promise<MyInvites> {
  const all = await backend().invites();
  const known = reusable(all);
  if (known) return { all, shown: known.id };
  try {
    const made = await backend().createInvite({ label: '', days: 7, uses: 1 });
    return { all: [made, ...all], shown: made.id };
  } catch (failure) {
    return { all, shown: '', failure };
  }
}

// One at a time, however often the tab is mounted.
let asking: Promise<MyInvites> | undefined;

/** All my links, and one to hand on; it is made when there is none. */
export function askMyInvites(): Promise<MyInvites> {
  asking ??= ask().finally(() => {
    asking = undefined;
  });
  return asking;
}

/** How a code of so many modules is drawn, in pixels: modules of whole pixels are what cameras read best. */
export function codeMeasure(modules: number): { width: number; quiet: number } {
  const module = Math.max(2, Math.floor(mostWidth / (modules + 2 * quietZone)));
  return { width: module * (modules + 2 * quietZone), quiet: module * quietZone };
}
