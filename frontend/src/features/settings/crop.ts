/** What of an image becomes the picture: a square around a middle, in parts of the image, so many times smaller than fits. */
export interface Crop {
  x: number;
  y: number;
  zoom: number;
}

export interface Size {
  width: number;
  height: number;
}

export const zoomMost = 5;

/** The largest square in the middle. */
export const wholeMiddle: Crop = { x: 0.5, y: 0.5, zoom: 1 };

const within = (value: number, least: number, most: number) => Math.min(Math.max(value, least), most);

/** The side of the square, in pixels of the image. */
export function sideOf(image: Size, { zoom }: Crop): number {
  return Math.min(image.width, image.height) / zoom;
}

/** The nearest square that lies in the image. */
export function placed(image: Size, crop: Crop): Crop {
  const zoom = within(crop.zoom, 1, zoomMost);
  const half = sideOf(image, { ...crop, zoom }) / 2;
  const inside = (middle: number, length: number) => within(middle, half / length, 1 - half / length);
  return { x: inside(crop.x, image.width), y: inside(crop.y, image.height), zoom };
}

/** The square moved by parts of its own side. */
export function moved(image: Size, crop: Crop, right: number, down: number): Crop {
  const side = sideOf(image, crop);
  return placed(image, {
    ...crop,
    x: crop.x + (right * side) / image.width,
    y: crop.y + (down * side) / image.height,
  });
}

/** The square of an image as a PNG in a data: URL, of at most so many pixels a side. */
export function cut(image: HTMLImageElement, crop: Crop, most: number): string {
  const size = { width: image.naturalWidth, height: image.naturalHeight };
  const side = sideOf(size, crop);
  const canvas = document.createElement('canvas');
  canvas.width = canvas.height = Math.ceil(Math.min(side, most));
  const context = canvas.getContext('2d');
  if (!context) throw new Error('this window cannot draw');
  context.imageSmoothingQuality = 'high';
  const [left, top] = [crop.x * size.width - side / 2, crop.y * size.height - side / 2];
  context.drawImage(image, left, top, side, side, 0, 0, canvas.width, canvas.height);
  return canvas.toDataURL();
}
