import { number, useTranslation } from '@/i18n';
import styles from './Card.module.css';

/** Between two round trips, in seconds. */
const every = 10;

const width = 220;
const height = 56;

/** The round trips of the last minutes as a curve. The most recent one is at the end. */
export function Delays({ delays }: { delays: readonly number[] }) {
  const { t } = useTranslation();
  const most = Math.max(...delays);
  const least = Math.min(...delays);
  // Calm lines stay low and do not look like storms: the scale begins at 0.
  const top = Math.max(most * 1.25, 4);
  const points = delays.map((delay, index) => {
    const x = (index / (delays.length - 1)) * width;
    const y = height - 3 - (delay / top) * (height - 6);
    return `${x.toFixed(1)} ${y.toFixed(1)}`;
  });
  const curve = `M${points.join('L')}`;
  return (
    <div className={styles.delays}>
      <svg
        viewBox={`0 0 ${width} ${height}`}
        preserveAspectRatio="none"
        className={styles.curve}
        role="img"
        aria-label={t('network.card.delays', { least: number(least), most: number(most) })}
      >
        <path className={styles.below} d={`${curve}L${width} ${height}L0 ${height}Z`} />
        <path className={styles.delay} d={curve} vectorEffect="non-scaling-stroke" />
      </svg>
      <div className={styles.span} aria-hidden="true">
        <span>
          {t('network.card.before', { minutes: number(Math.max(1, Math.round((delays.length * every) / 60))) })}
        </span>
        <span>{t('network.card.now')}</span>
      </div>
    </div>
  );
}
