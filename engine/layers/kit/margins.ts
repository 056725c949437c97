/**
 * @file What layers share that add or remove rows and columns at the four sides of an image.
 * In: a form's four numbers. Out: specifications, and counts per axis as the compiler's `pad` and `slice` take them.
 */
import type { Text } from '../../core/text'
import { int, type ParamValues } from './params'

const side = (label: Text, help: Text, initial: number) => int({ label, help, default: initial, min: 0, max: 65536 })

/** What is done with rows and columns: `Cuts off`, `裁去`. */
export const marginParams = (done: Text, initial: number) => ({
  top: side({ en: 'Top', zh: '上' }, { en: `${done.en} so many rows at the top.`, zh: `在上侧${done.zh}的行数。` }, initial),
  bottom: side({ en: 'Bottom', zh: '下' }, { en: `${done.en} so many rows at the bottom.`, zh: `在下侧${done.zh}的行数。` }, initial),
  left: side({ en: 'Left', zh: '左' }, { en: `${done.en} so many columns at the left.`, zh: `在左侧${done.zh}的列数。` }, initial),
  right: side({ en: 'Right', zh: '右' }, { en: `${done.en} so many columns at the right.`, zh: `在右侧${done.zh}的列数。` }, initial),
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
