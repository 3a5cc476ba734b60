import { errorText } from '@/i18n';
import { changeSettings, showToast } from '@/model';

/** The sizes of text that the app knows. */
const sizes = [0.9, 1, 1.15, 1.3] as const;

/** Makes all text a step larger or smaller, or with 0 as large as usual: the same setting as in Appearance. */
export function zoom(step: 1 | -1 | 0): void {
  changeSettings(({ textSize }) => {
    const nearest = sizes.reduce((best, one) => (Math.abs(one - textSize) < Math.abs(best - textSize) ? one : best));
    const at = step === 0 ? sizes.indexOf(1) : sizes.indexOf(nearest) + step;
    return { textSize: sizes[Math.min(Math.max(at, 0), sizes.length - 1)] ?? 1 };
  }).catch((reason: unknown) => showToast(errorText(reason)));
}
