import { Fragment, type ReactNode, useMemo } from 'react';
import { classes } from './classes';
import styles from './FormattedText.module.css';
import { type Block, formatted, type Inline } from './formatted';
import { piecesOf } from './links';

export interface FormattedTextProps {
  text: string;
  /** Its marks are drawn as characters. */
  asWritten?: boolean;
  /** What a press of an address does; without it addresses are words. */
  onLink?: ((address: string) => void) | undefined;
  className?: string | undefined;
}

/** A message as it is meant: bold, italic, code, quotes, lists and links. Its last paragraph is inline, so that a time may stand behind it. */
export function FormattedText({ text, asWritten = false, onLink, className }: FormattedTextProps) {
  const blocks = useMemo(() => (asWritten ? written(text) : formatted(text)), [text, asWritten]);
  return (
    <div className={classes(styles.text, className)} dir="auto" data-text="">
      {drawn(blocks, onLink, true)}
    </div>
  );
}

/** One paragraph with nothing in it but words and addresses. */
function written(text: string): Block[] {
  const inside = piecesOf(text).map(
    (piece): Inline =>
      piece.address === undefined
        ? { kind: 'text', at: piece.at, text: piece.text }
        : { kind: 'link', at: piece.at, text: piece.text, address: piece.address },
  );
  return [{ kind: 'paragraph', inside }];
}

type OnLink = FormattedTextProps['onLink'];

function drawn(blocks: readonly Block[], onLink: OnLink, outer = false): ReactNode[] {
  return blocks.map((block, index) => blockOf(block, `${index}`, onLink, outer && index === blocks.length - 1));
}

function blockOf(block: Block, key: string, onLink: OnLink, last: boolean): ReactNode {
  switch (block.kind) {
    case 'paragraph': {
      const Words = last ? 'span' : 'p';
      return (
        <Words key={key} className={styles.words} dir="auto">
          {line(block.inside, onLink)}
        </Words>
      );
    }
    case 'code':
      return (
        <pre key={key} className={styles.block} dir="ltr" data-language={block.language || undefined}>
          <code>{block.text}</code>
        </pre>
      );
    case 'quote':
      return (
        <blockquote key={key} className={styles.quote} dir="auto">
          {drawn(block.inside, onLink)}
        </blockquote>
      );
    case 'list':
      return (
        <ul key={key} className={styles.list}>
          {block.items.map(({ indent, number, inside }, at) => (
            <li
              // biome-ignore lint/suspicious/noArrayIndexKey: an item is what stands at its place in the text.
              key={at}
              className={styles.item}
              dir="auto"
              data-indent={indent || undefined}
              data-number={number || undefined}
            >
              {number && <span className={styles.number}>{number} </span>}
              <span className={styles.words}>{line(inside, onLink)}</span>
            </li>
          ))}
        </ul>
      );
  }
}

function line(inside: readonly Inline[], onLink: OnLink): ReactNode[] {
  return inside.map((piece) => pieceOf(piece, onLink));
}

function pieceOf(piece: Inline, onLink: OnLink): ReactNode {
  switch (piece.kind) {
    case 'text':
      return <Fragment key={piece.at}>{piece.text}</Fragment>;
    case 'code':
      return (
        <code key={piece.at} className={styles.code}>
          {piece.text}
        </code>
      );
    case 'bold':
      return <strong key={piece.at}>{line(piece.inside, onLink)}</strong>;
    case 'italic':
      return <em key={piece.at}>{line(piece.inside, onLink)}</em>;
    case 'link':
      if (!onLink) return <Fragment key={piece.at}>{piece.text}</Fragment>;
      return (
        <a
          key={piece.at}
          href={piece.address}
          rel="noopener noreferrer"
          onClick={(event) => {
            event.preventDefault();
            onLink(piece.address);
          }}
        >
          {piece.text}
        </a>
      );
  }
}
