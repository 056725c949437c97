/** @file Numbers of a lesson as people read them: four significant digits, whole numbers as they are, a real minus. In: a number. Out: text. */

export function formatNumber(value: number): string {
  if (!Number.isFinite(value)) return String(value)
  const rounded = Number(value.toPrecision(4))
  if (rounded === 0) return '0'
  const size = Math.abs(rounded)
  const text = size < 1e-4 || size >= 1e6 ? rounded.toExponential() : String(rounded)
  return text.replaceAll('-', '−').replace('e+', 'e')
}
