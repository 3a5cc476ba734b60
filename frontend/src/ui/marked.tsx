import { Fragment, type ReactNode } from 'react';

/** A sentence with a drawing or a button where a mark stands in it; the mark is text of ours or a value of the answer. */
export function marked(sentence: string, mark: string, instead: ReactNode): ReactNode {
  const at = mark === '' ? -1 : sentence.lastIndexOf(mark);
  if (at < 0) return sentence;
  return (
    <Fragment>
      {sentence.slice(0, at)}
      {instead}
      {sentence.slice(at + mark.length)}
    </Fragment>
  );
}
