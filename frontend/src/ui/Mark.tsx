/** The mark: two cans and a string, on the pixel grid for 16 to 24 px. */
export function Mark({ size = 24 }: { size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 16 16" aria-hidden="true">
      <path
        d="M4 8.5C4 15.3 12 15.3 12 8.5"
        fill="none"
        stroke="var(--twine)"
        strokeWidth="1.6"
        strokeLinecap="round"
      />
      <path
        d="M1 2h6v1.5h-.5v5a1 1 0 0 1-1 1h-3a1 1 0 0 1-1-1v-5H1zM9 2h6v1.5h-.5v5a1 1 0 0 1-1 1h-3a1 1 0 0 1-1-1v-5H9z"
        fill="var(--ink)"
      />
      <path d="M1.5 5h5v2h-5zM9.5 5h5v2h-5z" fill="var(--accent)" />
    </svg>
  );
}

/** The drawing of the empty screens: one can here, the other one still to be handed over. */
export function TwoCans() {
  return (
    <svg width="220" height="96" viewBox="0 0 220 96" aria-hidden="true">
      <path
        d="M52 48C60 104 160 104 168 48"
        fill="none"
        stroke="var(--twine)"
        strokeWidth="2.5"
        strokeLinecap="round"
      />
      <g fill="var(--bg)" stroke="var(--edge)" strokeWidth="2">
        <g transform="rotate(-8 52 30)">
          <path d="M30 12v38a22 6 0 0 0 44 0V12" />
          <ellipse cx="52" cy="12" rx="22" ry="6" />
          <path d="M30 24a22 6 0 0 0 44 0v16a22 6 0 0 1-44 0z" fill="var(--accent)" />
        </g>
        <g transform="rotate(8 168 30)" strokeDasharray="4 4">
          <path d="M146 12v38a22 6 0 0 0 44 0V12" />
          <ellipse cx="168" cy="12" rx="22" ry="6" />
          <path d="M146 24a22 6 0 0 0 44 0v16a22 6 0 0 1-44 0z" fill="none" />
        </g>
      </g>
    </svg>
  );
}
