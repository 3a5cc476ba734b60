import { Link2, Shield, ShieldAlert, ShieldCheck, ShieldX } from 'lucide-react';
import { classes } from './classes';
import { Hidden } from './Hidden';
import styles from './TrustMark.module.css';

export type TrustKind = 'none' | 'link' | 'compared' | 'differs' | 'changed' | 'forked';

/** The drawing of how somebody is known; words stand next to it or are hidden in [TrustMark]. */
export function TrustIcon({ trust, size = 18 }: { trust: TrustKind; size?: 14 | 16 | 18 }) {
  const look = { size, strokeWidth: size === 18 ? 1.75 : 2, 'aria-hidden': true } as const;
  switch (trust) {
    case 'compared':
      return <ShieldCheck {...look} />;
    case 'changed':
    case 'forked':
      return <ShieldAlert {...look} />;
    case 'differs':
      return <ShieldX {...look} />;
    case 'link':
      return <Link2 {...look} />;
    case 'none':
      return <Shield {...look} />;
  }
}

/** How somebody is known, beside their name: nothing for somebody who is not. */
export function TrustMark({ trust, label }: { trust: TrustKind; label: string }) {
  if (trust === 'none') return null;
  return (
    <span className={classes(styles.mark, styles[trust])} title={label}>
      <TrustIcon trust={trust} size={14} />
      <Hidden>, {label}</Hidden>
    </span>
  );
}
