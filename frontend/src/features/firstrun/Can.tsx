import { useLayoutEffect, useRef } from 'react';
import styles from './FirstRun.module.css';

/** The label's height of letters, and the room across, in the drawing's units. */
const height = 64;
const room = 268;

/** The can with a person's name on its label, and the string that leads out of it. */
export function Can({ name, words, color }: { name: string; words: string; color: number }) {
  const label = useRef<SVGTextElement>(null);

  // A long name is written smaller, as a person would.
  useLayoutEffect(() => {
    const text = label.current;
    if (!text?.getComputedTextLength) return;
    text.style.fontSize = `${height}px`;
    const width = text.getComputedTextLength();
    if (width > room) text.style.fontSize = `${(height * room) / width}px`;
  }, [name]);

  return (
    <svg className={`${styles.can} ${styles[`c${color}`]}`} viewBox="0 0 560 640" aria-hidden="true">
      <defs>
        <linearGradient id="can-light" x1="0" x2="1">
          <stop offset="0" className={styles.dark} stopOpacity=".34" />
          <stop offset=".22" className={styles.light} stopOpacity=".20" />
          <stop offset=".5" className={styles.light} stopOpacity="0" />
          <stop offset="1" className={styles.dark} stopOpacity=".30" />
        </linearGradient>
        <clipPath id="can-label">
          <path d="M96 196a154 34 0 0 0 308 0V404a154 34 0 0 1-308 0z" />
        </clipPath>
      </defs>
      <path className={styles.twine} d="M283 500C300 720 620 742 900 700S1500 560 2400 640" />
      <g transform="rotate(-4 250 300)">
        <path className={styles.metal} d="M96 120V476a154 34 0 0 0 308 0V120z" />
        <path
          className={styles.ridge}
          d="M96 148a154 34 0 0 0 308 0M96 166a154 34 0 0 0 308 0M96 436a154 34 0 0 0 308 0M96 454a154 34 0 0 0 308 0"
        />
        <path className={styles.enamel} d="M96 196a154 34 0 0 0 308 0V404a154 34 0 0 1-308 0z" />
        <g clipPath="url(#can-label)" className={styles.band}>
          <path d="M96 214a154 34 0 0 0 308 0v10a154 34 0 0 1-308 0z" />
          <path d="M96 378a154 34 0 0 0 308 0v10a154 34 0 0 1-308 0z" />
        </g>
        <path d="M96 120V476a154 34 0 0 0 308 0V120z" fill="url(#can-light)" />
        <text ref={label} className={styles.written} x="250" y="326" textAnchor="middle">
          {name}
        </text>
        <text className={styles.words} x="250" y="366" textAnchor="middle">
          {words}
        </text>
        <ellipse className={styles.rim} cx="250" cy="120" rx="154" ry="34" />
        <ellipse className={styles.hole} cx="250" cy="122" rx="140" ry="28" />
      </g>
    </svg>
  );
}
