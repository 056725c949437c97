/** @file Numbers in a narrow cell. */

const short = (value: number): string => String(Number(value.toFixed(Math.abs(value) >= 100 ? 0 : 2)))

/** The first `count` values and a mark where there are more. */
export const formatRow = (data: ArrayLike<number>, count: number): string => {
  const shown = Array.from({ length: Math.min(count, data.length) }, (_, index) => short(data[index] as number))
  return data.length > count ? `${shown.join('  ')} …` : shown.join('  ')
}
