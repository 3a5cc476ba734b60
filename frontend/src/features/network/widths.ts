/** How wide characters are, in parts of the font's size; generous, since what is too narrow is cut off. */
function widthOf(character: string): number {
  if (/[\u1100-\u115f\u2e80-\u9fff\uac00-\ud7a3\uf900-\ufaff\uff00-\uff60]|\p{Extended_Pictographic}/u.test(character))
    return 1.02;
  if (/\p{M}/u.test(character)) return 0;
  if (/[ .,:;'!|iIjl()[\]ftr·]/.test(character)) return 0.36;
  if (/[mwMW@%]/.test(character)) return 0.9;
  return /[A-Z]/.test(character) ? 0.68 : 0.58;
}

/** About how wide a text is, in pixels. Letters of a fixed width have 0.6. */
export function textWidth(text: string, size: number, fixed = false): number {
  let sum = 0;
  for (const character of text.slice(0, 80)) sum += fixed ? 0.602 : widthOf(character);
  return Math.ceil(sum * size);
}
