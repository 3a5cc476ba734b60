import { anglesBetween, widestGap } from './angles';
import { type Plan, radiusOf, ringsFor } from './plans';
import { type Box, boxAround, Room } from './room';
import type { Gathered, Layout, LayoutInput, Person, Placed, Side } from './types';

/** From the edge of the picture, in pixels. */
const margin = 4;

/** Between the outermost ring and the edge: a lid stands there. */
const rim = 46;

/** Angles at which servers stand, in their order. */
const serverAngles = [-0.68, -2.5, 0.6, 2.55, -1.1, -2.05, 0.25, 2.9];

/** Angles at which people are gathered. */
const gatherAngles = [2.35, 0.8, -2.35, -0.8, 1.57, 3.1, 0.1];

/** How large a lid of gathered people is. */
const gatheredLid = 42;

/** Where the words beside a lid stand. */
export function labelBox(
  at: { x: number; y: number; label: number },
  side: Side,
  lid: number,
  height: number,
): Box | undefined {
  const reach = lid / 2;
  switch (side) {
    case 'below':
      return boxAround(at.x, at.y + reach + 4 + height / 2, at.label, height);
    case 'above':
      return boxAround(at.x, at.y - reach - 4 - height / 2, at.label, height);
    case 'right':
      return boxAround(at.x + reach + 8 + at.label / 2, at.y, at.label, height);
    case 'left':
      return boxAround(at.x - reach - 8 - at.label / 2, at.y, at.label, height);
    case 'none':
      return undefined;
  }
}

/** Sides in the order in which they are tried: outwards first. */
function sidesAt(angle: number): readonly Side[] {
  const upright: Side = Math.sin(angle) >= 0 ? 'below' : 'above';
  const other: Side = upright === 'below' ? 'above' : 'below';
  if (Math.cos(angle) > 0.45) return ['right', upright, other, 'left'];
  if (Math.cos(angle) < -0.45) return ['left', upright, other, 'right'];
  return [upright, 'right', 'left', other];
}

const bare: readonly Side[] = ['none'];

/** Up to so many strings are kept free. What is spared begins so far from a lid, and at steps of so many pixels. */
export const mostSpared = 14;
const stringEnd = 34;
const stringStep = 14;

/** One attempt to place everybody by a plan. */
export class Attempt {
  readonly room: Room;
  readonly x: number;
  readonly y: number;
  readonly radius: number;
  readonly inner: number;
  readonly rings: readonly number[];
  private readonly height: number;
  private readonly angles: number[] = [];
  readonly servers: Placed[] = [];
  readonly people: Placed[] = [];
  readonly gathered: Gathered[] = [];

  constructor(
    private readonly input: LayoutInput,
    private readonly plan: Plan,
    private readonly same: Pick<Layout, 'width' | 'height' | 'scale' | 'plan'>,
    private readonly before: Layout | undefined,
  ) {
    const { width, height, scale } = input;
    this.room = new Room(width, height, margin, plan.gap);
    this.x = width / 2;
    this.y = height / 2;
    this.height = plan.labelHeight * scale;
    this.inner = plan.me / 2 + plan.lid / 2 + plan.gap + 4;
    this.radius = (Math.min(width, height) / 2 - rim) * plan.share;
    this.rings = ringsFor(input.people.flatMap(({ delay }) => (delay === undefined ? [] : [delay])));
    this.room.take(boxAround(this.x, this.y, plan.me + 4, plan.me + 4));
    for (const ring of this.ringsDrawn())
      this.room.take(boxAround(this.x, this.y + ring.radius, 54 * scale, 17 * scale));
  }

  ringsDrawn() {
    return this.rings.map((delay) => ({ delay, radius: radiusOf(delay, this.rings, this.inner, this.radius) }));
  }

  /** Whether it is worth trying: the rings have room for something, and the places of all are not larger than the picture. */
  possible(people: readonly Person[]): boolean {
    if (this.radius <= this.inner + 24) return false;
    const { lid, gap, lines } = this.plan;
    const inside = Math.PI * this.radius ** 2;
    const left = { near: inside * 0.8, far: this.input.width * this.input.height - inside * 0.97 };
    for (const { delay, label } of people) {
      const words = lines > 0 ? (this.widthOf(label) + gap) * (this.height + gap) : 0;
      left[delay === undefined ? 'far' : 'near'] -= (lid + gap) ** 2 + words;
    }
    return left.near >= 0 && left.far >= 0;
  }

  private at(angle: number, radius: number) {
    return { x: this.x + radius * Math.cos(angle), y: this.y + radius * Math.sin(angle) };
  }

  private angleOf(place: { x: number; y: number }): number {
    return Math.atan2(place.y - this.y, place.x - this.x);
  }

  /** Takes a place, with the words on the first side that is free. */
  private tryAt(
    id: string,
    x: number,
    y: number,
    width: number,
    sides: readonly Side[],
    lid = this.plan.lid,
  ): Placed | undefined {
    const box = boxAround(x, y, lid, lid);
    if (!this.room.fits(box)) return undefined;
    for (const side of sides) {
      const words = labelBox({ x, y, label: width }, side, lid, this.height);
      if (words && !this.room.fits(words)) continue;
      this.room.take(box);
      if (words) this.room.take(words);
      return { id, x, y, side, label: width };
    }
    return undefined;
  }

  private sides(angle: number): readonly Side[] {
    return this.plan.lines > 0 ? sidesAt(angle) : bare;
  }

  private widthOf(label: number): number {
    return Math.min(Math.ceil(label), this.plan.labelWidth);
  }

  /** Looks around the middle at one distance, from an angle to both sides. */
  private tryAround(
    id: string,
    angle: number,
    radius: number,
    width: number,
    spread = Math.PI,
    lid = this.plan.lid,
  ): Placed | undefined {
    const step = Math.max(0.03, 8 / radius);
    for (let turn = 0; turn <= spread; turn += step) {
      for (const way of turn === 0 ? [turn] : [turn, -turn]) {
        const at = this.at(angle + way, radius);
        const placed = this.tryAt(id, at.x, at.y, width, this.sides(angle + way), lid);
        if (placed) return placed;
      }
    }
    return undefined;
  }

  /** Servers stand outside the rings, where the picture has its corners. Those without a place are left out. */
  placeServers(): void {
    this.input.servers.forEach((server, index) => {
      const angle = serverAngles[index];
      if (angle === undefined) return;
      const upwards: readonly Side[] = Math.sin(angle) < 0 ? ['above', 'below', 'none'] : ['below', 'above', 'none'];
      // Among very many, people come before words.
      const side = this.plan.lid < 28 ? bare : upwards;
      const width = Math.min(Math.ceil(server.label), 150);
      const reach = Math.hypot(this.x, this.y);
      for (let radius = this.radius + 34; radius < reach; radius += 8) {
        for (const turn of [0, 0.12, -0.12, 0.24, -0.24, 0.36, -0.36]) {
          const { x, y } = this.at(angle + turn, radius);
          const placed = this.tryServer(server.id, x, y, width, side);
          if (placed) {
            this.servers.push(placed);
            return;
          }
        }
      }
    });
  }

  private tryServer(id: string, x: number, y: number, width: number, sides: readonly Side[]): Placed | undefined {
    const box = boxAround(x, y, 34, 34);
    if (!this.room.fits(box)) return undefined;
    for (const side of sides) {
      const words = labelBox({ x, y, label: width }, side, 34, 34 * this.input.scale);
      if (words && !this.room.fits(words)) continue;
      this.room.take(box);
      if (words) this.room.take(words);
      return { id, x, y, side, label: width };
    }
    return undefined;
  }

  /** Where somebody stood, seen from the middle. */
  private stood(id: string): { x: number; y: number } | undefined {
    const { before } = this;
    const placed = before?.people.find((one) => one.id === id);
    return placed && before && { x: placed.x - before.x, y: placed.y - before.y };
  }

  private wish(person: Person): number {
    const stood = this.stood(person.id);
    if (stood) return Math.atan2(stood.y, stood.x);
    const server = this.servers.find(({ id }) => id === person.near);
    if (server) {
      const angle = this.angleOf(server);
      const free = [0.5, -0.5, 0.85, -0.85].find((turn) =>
        this.angles.every((held) => anglesBetween(held, angle + turn) > 0.3),
      );
      if (free !== undefined) return angle + free;
    }
    return widestGap(this.angles);
  }

  private keep(placed: Placed, delay?: number): void {
    this.people.push({ ...placed, delay });
    this.angles.push(this.angleOf(placed));
  }

  /** Leaves somebody where they stood: false when that was in another picture, or their distance is another one now. */
  placeAgain(person: Person): boolean {
    const { before } = this;
    const { width, height, scale, plan } = this.same;
    if (before?.width !== width || before.height !== height || before.scale !== scale || before.plan !== plan)
      return false;
    const stood = before.people.find(({ id }) => id === person.id);
    if (!stood || stood.delay !== person.delay || before.rings.length !== this.rings.length) return false;
    const sides = this.sides(this.angleOf(stood));
    const placed = this.tryAt(person.id, stood.x, stood.y, this.widthOf(person.label), [
      ...sides.filter((side) => side === stood.side),
      ...sides.filter((side) => side !== stood.side),
    ]);
    if (placed) this.keep(placed, person.delay);
    return placed !== undefined;
  }

  /** Keeps others off the strings of those who are near, as long as there is room for that. */
  spare(people: readonly Person[]): void {
    if (this.plan.lines < 2 || people.length > mostSpared) return;
    const middle = { x: this.x, y: this.y };
    for (const person of people) {
      const placed = this.people.find(({ id }) => id === person.id);
      if (!placed) continue;
      const server = this.servers.find(({ id }) => id === person.near);
      if (server) this.spareBetween(middle, server);
      this.spareBetween(server ?? middle, placed);
    }
  }

  private spareBetween(from: { x: number; y: number }, to: { x: number; y: number }): void {
    const length = Math.hypot(to.x - from.x, to.y - from.y);
    for (let at = stringEnd; at < length - stringEnd; at += stringStep) {
      const part = at / length;
      this.room.take(boxAround(from.x + (to.x - from.x) * part, from.y + (to.y - from.y) * part, 4, 4));
    }
  }

  /** Somebody whose distance is known: on their circle, or as near to it as there is room. */
  placeNear(person: Person, delay: number): boolean {
    const exact = radiusOf(delay, this.rings, this.inner, this.radius);
    const angle = this.wish(person);
    const width = this.widthOf(person.label);
    for (let off = 0; off <= this.radius; off += 5) {
      for (const radius of off === 0 ? [exact] : [exact + off, exact - off]) {
        if (radius < this.inner || radius > this.radius) continue;
        const placed = this.tryAround(person.id, angle, radius, width);
        if (placed) {
          this.keep(placed, delay);
          return true;
        }
      }
    }
    return false;
  }

  /** Somebody whose distance is not known: outside the rings, as near as there is room. */
  placeFar(person: Person): boolean {
    const angle = this.wish(person);
    const width = this.widthOf(person.label);
    const reach = Math.hypot(this.x, this.y);
    const first = this.radius + this.plan.lid / 2 + 8;
    for (const spread of [0.9, Math.PI]) {
      for (let radius = first; radius < reach; radius += 10) {
        const placed = this.tryAround(person.id, angle, radius, width, spread);
        if (placed) {
          this.keep(placed);
          return true;
        }
      }
    }
    return false;
  }

  /** Many outside the rings: places in rows, as bricks lie, each taken by who stands nearest to it. */
  placeManyFar(people: readonly Person[]): boolean {
    const { lid, lines, gap, labelWidth } = this.plan;
    const wide = (lines > 0 ? labelWidth : lid) + gap;
    const high = lid + (lines > 0 ? this.height + 4 : 0) + gap;
    const rows = Math.floor((this.room.height - 2 * margin + gap) / high);
    const top = (this.room.height - rows * high + gap) / 2 + lid / 2;
    const slots: { x: number; y: number; distance: number; angle: number }[] = [];
    for (let row = 0; row < rows; row++) {
      const y = top + row * high;
      const columns = Math.floor((this.room.width - 2 * margin + gap) / wide) - (row % 2);
      const left = this.x - ((columns - 1) * wide) / 2;
      for (let column = 0; column < columns; column++) {
        const x = left + column * wide;
        const distance = Math.hypot(x - this.x, y - this.y);
        if (distance < this.radius + lid / 2 + 6) continue;
        if (!this.room.fits(boxAround(x, y, lid, lid))) continue;
        const words = lines > 0 && labelBox({ x, y, label: labelWidth }, 'below', lid, this.height);
        if (words && !this.room.fits(words)) continue;
        slots.push({ x, y, distance, angle: this.angleOf({ x, y }) });
      }
    }
    if (slots.length < people.length) return false;
    for (const person of people) {
      const stood = this.stood(person.id);
      const angle = stood ? 0 : this.wish(person);
      let best = -1;
      let least = Infinity;
      slots.forEach((slot, index) => {
        const cost = stood
          ? Math.hypot(slot.x - this.x - stood.x, slot.y - this.y - stood.y)
          : slot.distance + anglesBetween(slot.angle, angle) * slot.distance * 0.6;
        if (cost < least) [best, least] = [index, cost];
      });
      const [slot] = slots.splice(best, 1);
      const side: Side = lines > 0 ? 'below' : 'none';
      const placed = slot && this.tryAt(person.id, slot.x, slot.y, this.widthOf(person.label), [side]);
      if (!placed) return false;
      this.keep(placed);
    }
    return true;
  }

  /** Those who share a place. */
  gather(group: string, people: readonly string[], index: number): boolean {
    const angle = gatherAngles[index % gatherAngles.length] ?? 0;
    const reach = Math.hypot(this.x, this.y);
    for (let radius = this.radius + gatheredLid / 2 + 6; radius < reach; radius += 8) {
      const placed = this.tryAround(`+${group}`, angle, radius, 0, 0.8, gatheredLid);
      if (placed) {
        this.gathered.push({ ...placed, side: 'none', group, people });
        return true;
      }
    }
    return false;
  }

  /** Words for lids that have none, where nothing is in their way. */
  addWords(): void {
    const labels = new Map(this.input.people.map(({ id, label }) => [id, label]));
    this.people.forEach((placed, index) => {
      if (placed.side !== 'none') return;
      const label = this.widthOf(labels.get(placed.id) ?? 0);
      for (const side of sidesAt(this.angleOf(placed))) {
        const words = labelBox({ ...placed, label }, side, this.plan.lid, this.height);
        if (!words || !this.room.fits(words)) continue;
        this.room.take(words);
        this.people[index] = { ...placed, side, label };
        return;
      }
    });
  }
}
