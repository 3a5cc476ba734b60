import { allEmoji, type Emoji } from './data';
import { type Shown, shownOf } from './font';

const kept = new WeakMap<Shown, Emoji[]>();

/** Every emoji that the fonts here show; made once. */
export function offered(shown: Shown): Emoji[] {
  const list = kept.get(shown) ?? shownOf(allEmoji, shown);
  kept.set(shown, list);
  return list;
}
