import type { StringForm } from '@/model';
import styles from './LineString.module.css';

/** The line itself, under the header: taut, taut with a bead, sagging and dotted, cut in the middle, or none. The chip says it in words. */
export function LineString({ form }: { form: StringForm }) {
  return (
    <div className={styles.place} data-form={form} aria-hidden="true">
      <svg className={styles.string} viewBox="0 0 1000 20" preserveAspectRatio="none" aria-hidden="true">
        <path className={styles.path} d="M0 0C250 20 750 20 1000 0" vectorEffect="non-scaling-stroke" />
      </svg>
      <i className={styles.bead} />
    </div>
  );
}
