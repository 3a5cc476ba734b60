import { classes } from './classes';
import styles from './QRCode.module.css';

/** A QR code from path data on a grid of `size` modules. The text that it holds must stand beside it. */
export function QRCode({
  path,
  size,
  label,
  className,
}: {
  path: string;
  size: number;
  label: string;
  className?: string | undefined;
}) {
  return (
    <div className={classes(styles.code, className)} role="img" aria-label={label}>
      <svg viewBox={`0 0 ${size} ${size}`} shapeRendering="crispEdges" aria-hidden="true">
        <path d={path} />
      </svg>
    </div>
  );
}
