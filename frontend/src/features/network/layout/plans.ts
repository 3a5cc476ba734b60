// How large things are drawn: the roomiest plan in which everybody finds a place is taken.

export interface Plan {
  /** Diameters, in pixels. */
  lid: number;
  me: number;
  /** Lines of words beside a lid, their height at scale 1, and the most that a label is wide. */
  lines: number;
  labelHeight: number;
  labelWidth: number;
  /** Between two things. */
  gap: number;
  /** Of the largest circle that fits: the outermost ring. */
  share: number;
}

const sizes: readonly (Omit<Plan, 'share'> & { shares: readonly number[] })[] = [
  { lid: 42, me: 64, lines: 2, labelHeight: 36, labelWidth: 128, gap: 10, shares: [1, 0.88, 0.76] },
  { lid: 34, me: 56, lines: 2, labelHeight: 34, labelWidth: 96, gap: 8, shares: [1, 0.88, 0.76, 0.66] },
  { lid: 28, me: 48, lines: 1, labelHeight: 18, labelWidth: 76, gap: 6, shares: [1, 0.84, 0.7, 0.58] },
  { lid: 28, me: 44, lines: 0, labelHeight: 16, labelWidth: 72, gap: 4, shares: [1, 0.84, 0.7, 0.58, 0.48, 0.4] },
  {
    lid: 24,
    me: 40,
    lines: 0,
    labelHeight: 16,
    labelWidth: 72,
    gap: 4,
    shares: [0.84, 0.76, 0.7, 0.64, 0.58, 0.5, 0.42],
  },
];

export const plans: readonly Plan[] = sizes.flatMap(({ shares, ...size }) =>
  shares.map((share) => ({ ...size, share })),
);

/** The rings: round trips in milliseconds. The last one comes only when somebody is that far. */
const scale = [10, 50, 150, 500] as const;

/** Closer than this nobody is drawn, in milliseconds. */
const closest = 2;

/** The rings that show everybody, outermost last. */
export function ringsFor(delays: readonly number[]): readonly number[] {
  return delays.some((delay) => delay > scale[2]) ? scale : scale.slice(0, 3);
}

/** How far from the middle a round trip is drawn: its logarithm, between the innermost place and the outermost ring. */
export function radiusOf(delay: number, rings: readonly number[], inner: number, outer: number): number {
  const most = rings[rings.length - 1] ?? scale[2];
  const part = Math.log(Math.max(delay, closest) / closest) / Math.log(most / closest);
  return inner + (outer - inner) * Math.min(1, part);
}
