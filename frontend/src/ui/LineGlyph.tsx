export interface LineGlyphProps {
  state: 'lan' | 'direct' | 'relayed' | 'waiting';
}

/** The connection glyphs, 30 x 10; they share their forms with the string under the header. */
export function LineGlyph({ state }: LineGlyphProps) {
  return (
    <svg width="30" height="10" viewBox="0 0 30 10" aria-hidden="true">
      {state === 'waiting' ? (
        <>
          <path
            d="M7 4.5Q15 12 22.5 4.5"
            fill="none"
            stroke="currentColor"
            strokeWidth="1.8"
            strokeLinecap="round"
            strokeDasharray="0.1 3.3"
          />
          <circle cx="4" cy="4" r="3.5" fill="currentColor" />
          <circle cx="26" cy="4" r="2.7" fill="none" stroke="currentColor" strokeWidth="1.6" />
        </>
      ) : (
        <>
          {state === 'lan' ? (
            <path d="M4 3.5h22M4 6.5h22" stroke="currentColor" strokeWidth="1.5" />
          ) : (
            <path d="M4 5h22" stroke="currentColor" strokeWidth="2" />
          )}
          <circle cx="4" cy="5" r="3.5" fill="currentColor" />
          <circle cx="26" cy="5" r="3.5" fill="currentColor" />
          {state === 'relayed' && <rect x="11.5" y="1.5" width="7" height="7" rx="2" fill="currentColor" />}
        </>
      )}
    </svg>
  );
}
