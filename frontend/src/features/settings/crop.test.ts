import { describe, expect, it } from 'vitest';
import { moved, placed, sideOf, wholeMiddle, zoomMost } from './crop';

const wide = { width: 400, height: 200 };

describe('a crop', () => {
  it('begins as the largest square in the middle', () => {
    expect(placed(wide, wholeMiddle)).toEqual(wholeMiddle);
    expect(sideOf(wide, wholeMiddle)).toBe(200);
  });

  it('moves by parts of its side, and stays in the image', () => {
    expect(moved(wide, wholeMiddle, 0.25, 0.25)).toEqual({ x: 0.625, y: 0.5, zoom: 1 });
    expect(moved(wide, wholeMiddle, 9, -9)).toEqual({ x: 0.75, y: 0.5, zoom: 1 });
    expect(moved(wide, { x: 0.5, y: 0.5, zoom: 2 }, -9, -9)).toEqual({ x: 0.125, y: 0.25, zoom: 2 });
  });

  it('is moved in when it grows beyond the edge, and neither larger than the image nor smaller than can be seen', () => {
    expect(placed(wide, { x: 0.1, y: 0.9, zoom: 1 })).toEqual({ x: 0.25, y: 0.5, zoom: 1 });
    expect(placed(wide, { x: 0.5, y: 0.5, zoom: 0.1 }).zoom).toBe(1);
    expect(placed(wide, { x: 0.5, y: 0.5, zoom: 50 }).zoom).toBe(zoomMost);
  });
});
