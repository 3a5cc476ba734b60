import { beadPath, type Point, type Strand, strandPath } from './strands';

/** How long a lid takes to its new place, in milliseconds. */
const lasting = 600;

/** Fast at first, then slower: as the curve of the tokens. */
const ease = (part: number) => 1 - (1 - part) ** 3;

export type Places = ReadonlyMap<string, Point>;

/** What a picture is drawn of: where everything stands, and the strings in between. */
export interface Drawing {
  places: Places;
  strands: readonly Strand[];
  lid: number;
}

/**
 * Puts lids and strings where they belong, and moves them there when they stood elsewhere. It writes to the elements themselves:
 * lids say where they are with data-at, strings with data-strand, beads with data-bead.
 */
export class Motion {
  private shown = new Map<string, Point>();
  private frame = 0;
  private drawing: Drawing | undefined;

  constructor(private readonly root: HTMLElement) {}

  show(drawing: Drawing, still: boolean): void {
    cancelAnimationFrame(this.frame);
    this.drawing = drawing;
    const from = this.shown;
    const moves = [...drawing.places].some(([key, to]) => {
      const held = from.get(key);
      return held !== undefined && (Math.abs(held.x - to.x) > 0.5 || Math.abs(held.y - to.y) > 0.5);
    });
    if (still || !moves) {
      this.draw(drawing.places);
      return;
    }
    const begin = performance.now();
    const step = (now: number) => {
      const part = Math.min(1, Math.max(0, (now - begin) / lasting));
      const places = new Map<string, Point>();
      for (const [key, to] of drawing.places) {
        const held = from.get(key) ?? to;
        const eased = ease(part);
        places.set(key, { x: held.x + (to.x - held.x) * eased, y: held.y + (to.y - held.y) * eased });
      }
      this.draw(places);
      if (part < 1) this.frame = requestAnimationFrame(step);
    };
    step(begin);
  }

  end(): void {
    cancelAnimationFrame(this.frame);
  }

  private draw(places: Places): void {
    const { drawing } = this;
    if (!drawing) return;
    this.shown = new Map(places);
    for (const element of this.root.querySelectorAll<HTMLElement>('[data-at]')) {
      const place = places.get(element.dataset.at ?? '');
      if (place) element.style.transform = `translate(${place.x}px, ${place.y}px)`;
    }
    const paths = new Map<string, { path: string; bead: string }>();
    for (const strand of drawing.strands) {
      const from = places.get(strand.from);
      const to = places.get(strand.to);
      if (from && to)
        paths.set(strand.id, { path: strandPath(strand, from, to, drawing.lid), bead: beadPath(from, to) });
    }
    for (const element of this.root.querySelectorAll<SVGPathElement>('[data-strand]')) {
      element.setAttribute('d', paths.get(element.dataset.strand ?? '')?.path ?? '');
    }
    for (const element of this.root.querySelectorAll<SVGPathElement>('[data-bead]')) {
      element.setAttribute('d', paths.get(element.dataset.bead ?? '')?.bead ?? '');
    }
  }
}
