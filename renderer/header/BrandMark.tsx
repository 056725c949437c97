/** @file Three threads crossing: the mark of Netloom. */

export const BrandMark = ({ size = 18 }: { size?: number }) => (
  <svg width={size} height={size} viewBox="0 0 18 18" fill="none" stroke="var(--accent)" strokeWidth="1.8" aria-hidden="true">
    <path d="M2 4c5 0 4 10 14 10M2 14C12 14 11 4 16 4M2 9h14" />
  </svg>
)
