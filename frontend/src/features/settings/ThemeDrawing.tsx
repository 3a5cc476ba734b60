import type { Theme } from '@/backend';
import styles from './AppearancePage.module.css';

// A drawing shows its theme, not the one that holds: its colours are tokens.css's of that theme, by hand.
const light = {
  bg: '#E7EBEA',
  surface: '#F7F9F8',
  raised: '#FFFFFF',
  soft: '#FBECC6',
  twine: '#AD780B',
  dot: '#77837F',
};
const dark = {
  bg: '#101415',
  surface: '#161B1C',
  raised: '#1F2627',
  soft: '#3B3116',
  twine: '#D09F38',
  dot: '#74817F',
};

/** A small window in a theme: the list, the line, three messages. */
export function ThemeDrawing({ theme }: { theme: Theme }) {
  return (
    <svg className={styles.drawing} viewBox="0 0 160 92" aria-hidden="true">
      {theme === 'system' ? (
        <>
          <path fill={light.surface} d="M0 0h80v92H0z" />
          <path fill={light.bg} d="M0 0h36v92H0z" />
          <path fill={dark.surface} d="M80 0h80v92H80z" />
          <path stroke={light.twine} strokeWidth="1.5" d="M36 16h44" />
          <path stroke={dark.twine} strokeWidth="1.5" d="M80 16h80" />
          <rect x="46" y="30" width="26" height="12" rx="6" fill={light.raised} />
          <rect x="100" y="50" width="48" height="12" rx="6" fill={dark.soft} />
        </>
      ) : (
        <OneWindow colors={theme === 'light' ? light : dark} />
      )}
    </svg>
  );
}

function OneWindow({ colors }: { colors: typeof light }) {
  return (
    <>
      <path fill={colors.surface} d="M0 0h160v92H0z" />
      <path fill={colors.bg} d="M0 0h46v92H0z" />
      <path stroke={colors.twine} strokeWidth="1.5" d="M46 16h114" />
      <rect x="56" y="28" width="52" height="13" rx="6" fill={colors.raised} />
      <rect x="92" y="47" width="58" height="13" rx="6" fill={colors.soft} />
      <rect x="56" y="66" width="38" height="13" rx="6" fill={colors.raised} />
      <g fill={colors.dot} opacity="0.6">
        <circle cx="14" cy="30" r="6" />
        <circle cx="14" cy="48" r="6" />
        <circle cx="14" cy="66" r="6" />
      </g>
    </>
  );
}
