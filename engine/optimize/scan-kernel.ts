/** @file A scan kernel unrolled, for executors that record every step. In: the kernel. Out: its items in order, and the kernels of one of them. */
import type { LoopKernel, PlainKernel, ScanKernel } from './kernel'

/** Whether what a kernel reads or writes moves from item to item. */
export const movesOn = (kernel: PlainKernel): kernel is PlainKernel & LoopKernel =>
  kernel.kind === 'loop' &&
  (kernel.body.some((op) => op.op === 'load' && op.view.perItem !== undefined) ||
    kernel.results.some(({ perItem }) => perItem !== undefined))

/** The kernels of one step, where the views that move are at item `t`; those that do not move are the same objects for every item. */
export const kernelsAt = ({ steps }: ScanKernel, t: number): readonly PlainKernel[] =>
  steps.map((kernel) => {
    if (!movesOn(kernel)) return kernel
    const at = <T extends { readonly offset: number; readonly perItem?: number }>({ perItem = 0, ...view }: T) => ({
      ...view,
      offset: view.offset + t * perItem,
    })
    return {
      ...kernel,
      body: kernel.body.map((op) => (op.op === 'load' ? { ...op, view: at(op.view) } : op)),
      results: kernel.results.map(at),
    }
  })

/** Items in the order of the steps. */
export const itemsOf = ({ length, reverse }: ScanKernel): number[] => Array.from({ length }, (_, i) => (reverse ? length - 1 - i : i))
