/** A rectangle on the picture, in pixels. */
export interface Box {
  left: number;
  top: number;
  right: number;
  bottom: number;
}

export function boxAround(x: number, y: number, width: number, height: number): Box {
  return { left: x - width / 2, top: y - height / 2, right: x + width / 2, bottom: y + height / 2 };
}

/** Whether two rectangles come closer than a gap. */
export function touches(a: Box, b: Box, gap = 0): boolean {
  return a.left < b.right + gap && b.left < a.right + gap && a.top < b.bottom + gap && b.top < a.bottom + gap;
}

/** Side of a square of the table that finds neighbours, in pixels. */
const square = 48;

/** What is taken of a rectangle. Each check looks at its neighbourhood only. */
export class Room {
  private readonly columns: number;
  private readonly squares: Box[][];

  constructor(
    readonly width: number,
    readonly height: number,
    /** How far everything stays from the edge. */
    private readonly margin: number,
    /** How far two things stay from each other. */
    private readonly gap: number,
  ) {
    this.columns = Math.ceil(width / square) + 1;
    this.squares = Array.from({ length: this.columns * (Math.ceil(height / square) + 1) }, () => []);
  }

  private *near(box: Box): Generator<Box[]> {
    const first = Math.max(0, Math.floor((box.left - this.gap) / square));
    const last = Math.min(this.columns - 1, Math.floor((box.right + this.gap) / square));
    const bottom = Math.floor((box.bottom + this.gap) / square);
    for (let row = Math.max(0, Math.floor((box.top - this.gap) / square)); row <= bottom; row++) {
      for (let column = first; column <= last; column++) {
        const held = this.squares[row * this.columns + column];
        if (held) yield held;
      }
    }
  }

  inside(box: Box): boolean {
    const { margin } = this;
    return (
      box.left >= margin && box.top >= margin && box.right <= this.width - margin && box.bottom <= this.height - margin
    );
  }

  fits(box: Box): boolean {
    if (!this.inside(box)) return false;
    for (const held of this.near(box)) {
      for (const other of held) if (touches(box, other, this.gap)) return false;
    }
    return true;
  }

  take(box: Box): void {
    for (const held of this.near(box)) held.push(box);
  }
}
