const full = 2 * Math.PI;

function positive(angle: number): number {
  return ((angle % full) + full) % full;
}

/** How far apart two directions are: 0 to half a turn. */
export function anglesBetween(a: number, b: number): number {
  const apart = positive(a - b);
  return Math.min(apart, full - apart);
}

/** The middle of the widest stretch without a direction. */
export function widestGap(angles: readonly number[]): number {
  // Up and a little to the left, as in the drawing.
  if (angles.length === 0) return -1.95;
  const sorted = angles.map(positive).sort((a, b) => a - b);
  let widest = 0;
  let middle = 0;
  sorted.forEach((angle, index) => {
    const next = sorted[index + 1] ?? (sorted[0] ?? 0) + full;
    if (next - angle > widest + 1e-9) {
      widest = next - angle;
      middle = angle + widest / 2;
    }
  });
  return middle;
}
