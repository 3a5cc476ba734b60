import { type CSSProperties, useState } from 'react';
import { classes } from './classes';
import styles from './Lid.module.css';

export interface LidProps {
  /** The letter on it (model: initial(name)). */
  letter: string;
  /** 1 to 8: the enamel token. */
  color: number;
  /** Across, in pixels. */
  size?: number;
  /** A data: URL that takes the place of the letter as long as it can be shown, '' for none. */
  picture?: string;
  presence?: 'online' | 'offline' | 'unknown';
  /** Somebody who is not on the line, among others who are. */
  faded?: boolean;
  className?: string;
}

/** A person: a can lid seen from above. The words beside it say who and whether they are there. */
export function Lid({ letter, color, size = 40, picture, presence, faded = false, className }: LidProps) {
  const [broken, setBroken] = useState('');
  const enamel = styles[`c${color >= 1 && color <= 8 ? color : 8}`];
  return (
    <span
      className={classes(styles.lid, enamel, faded && styles.faded, className)}
      style={{ '--z': `${size}px` } as CSSProperties}
      aria-hidden="true"
    >
      {picture && picture !== broken ? (
        <img
          className={styles.picture}
          src={picture}
          alt=""
          draggable={false}
          onError={() => {
            setBroken(picture);
          }}
        />
      ) : (
        letter
      )}
      {presence && presence !== 'unknown' && (
        <span className={classes(styles.dot, presence === 'offline' && styles.offline)} />
      )}
    </span>
  );
}
