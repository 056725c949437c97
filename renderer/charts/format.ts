/** @file Measures as people read them: losses to four digits, shares in per cent. */

export const formatShare = (value: number): string => `${(value * 100).toFixed(1)} %`

export const formatLoss = (value: number): string =>
  !Number.isFinite(value) ? String(value) : Math.abs(value) >= 1000 ? value.toExponential(2) : value.toFixed(4)
