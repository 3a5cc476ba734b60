import { ArchiveRestore } from 'lucide-react';
import { type ReactNode, useRef, useState } from 'react';
import { Button } from './Button';
import { classes } from './classes';
import styles from './FileDrop.module.css';

export interface FileDropProps {
  /** How names of such files end, with the dot. */
  accept: string;
  /** What was chosen, or that something can be dropped. */
  children: ReactNode;
  /** On the button. */
  choose: string;
  onFile: (file: File) => void;
}

/** A place to drop a file on; the button in it is the other way. */
export function FileDrop({ accept, children, choose, onFile }: FileDropProps) {
  const [over, setOver] = useState(false);
  const input = useRef<HTMLInputElement>(null);

  function take(file: File | undefined): void {
    if (file) onFile(file);
  }

  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: dropping is a second way; the button in it is the first.
    <div
      className={classes(styles.drop, over && styles.over)}
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={(event) => {
        event.preventDefault();
        setOver(false);
        take(event.dataTransfer.files[0]);
      }}
    >
      <ArchiveRestore size={22} strokeWidth={1.75} aria-hidden="true" />
      <b className={styles.name} role="status">
        {children}
      </b>
      <input
        ref={input}
        type="file"
        accept={accept}
        hidden
        aria-label={choose}
        onChange={(event) => {
          take(event.target.files?.[0]);
          event.target.value = ''; // the same file may be chosen again
        }}
      />
      <Button size="small" autoFocus onPress={() => input.current?.click()}>
        {choose}
      </Button>
    </div>
  );
}
