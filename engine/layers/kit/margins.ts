/**
 * @file What layers share that add or remove rows and columns at the four sides of an image.
 * In: a form's four numbers. Out: specifications, and counts per axis as the compiler's `pad` and `slice` take them.
 */
import type { Text } from '../../core/text'
import { int, type ParamValues } from './params'

const side = (label: Text, initial: number) => int({ label, default: initial, min: 0, max: 65536 })

export const marginParams = (initial: number) => ({
  top: side({ en: 'Top', zh: '上' }, initial),
  bottom: side({ en: 'Bottom', zh: '下' }, initial),
  left: side({ en: 'Left', zh: '左' }, initial),
  right: side({ en: 'Right', zh: '右' }, initial),
})
export type Margins = ParamValues<ReturnType<typeof marginParams>>

/** Per axis of (N, C, H, W), before and after. */
export const before = ({ top, left }: Margins): readonly number[] => [0, 0, top, left]
export const after = ({ bottom, right }: Margins): readonly number[] => [0, 0, bottom, right]

/** `1 1 2 2`: top, bottom, left, right; one number where all are equal. */
export const briefMargins = ({ top, bottom, left, right }: Margins): string =>
  [bottom, left, right].every((count) => count === top) ? `${top}` : `${top} ${bottom} ${left} ${right}`

/** Sees what its input sees. */
export const onePixel = () => ({ kernel: [1, 1], stride: [1, 1], padding: [0, 0], dilation: [1, 1] }) as const
