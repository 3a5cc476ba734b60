/** The reactions that are one press away. */
export const quickEmoji = ['👍', '❤️', '😂', '😮', '😢', '🙏'] as const;

const pictograph = /\p{Extended_Pictographic}|\p{Regional_Indicator}{2}|[0-9#*]\uFE0F\u20E3/u;

/** Whether a text is one emoji, as far as can be told here; the backend knows it exactly (docs/protocol.md, "Bodies"). */
export function isOneEmoji(text: string): boolean {
  const segments = [...new Intl.Segmenter(undefined, { granularity: 'grapheme' }).segment(text)];
  return segments.length === 1 && pictograph.test(text);
}
