/** @file Numbers as people read them. In: plain numbers. Out: `2,416`, `78.6 M`, `1.0 MiB`; the same digits in every language. */

export const formatCount = (value: number): string => Math.round(value).toLocaleString('en-US')

/** Three significant digits and a letter from a million on: `78.6 M`. */
export function formatLarge(value: number): string {
  for (const [unit, letter] of [
    [1e15, 'P'],
    [1e12, 'T'],
    [1e9, 'G'],
    [1e6, 'M'],
  ] as const)
    if (value >= unit) return `${(value / unit).toPrecision(3)} ${letter}`
  return formatCount(value)
}

export function formatBytes(bytes: number): string {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB']
  let value = bytes
  let unit = 0
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024
    unit++
  }
  return `${unit === 0 ? String(value) : value.toFixed(value < 100 ? 1 : 0)} ${units[unit]}`
}

/** Three significant digits: `0.0125`, `2.2e-6`. */
export function formatSmall(value: number): string {
  const rounded = Number(value.toPrecision(3))
  return rounded !== 0 && Math.abs(rounded) < 1e-3 ? rounded.toExponential() : String(rounded)
}
