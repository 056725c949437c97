/**
 * @file Sums over the steps of a scan, written outside of it. In: a value of one step. Out: what it adds up to over all steps, where that can
 * be said with the values stacked: products of stacked factors, sums over one axis more, and movements of such sums.
 */
import { sizeOf } from '../core/tensor'
import type { ProgramBuilder } from '../ir/builder'
import type { Tensor } from '../ir/emit'
import type { Op, ValueId } from '../ir/program'

/** A value that can be written once the scans stand. */
export type Later = () => Tensor

export class SumOverSteps {
  /** `stack`: a step's value at all steps, (steps, …). */
  constructor(
    private readonly b: ProgramBuilder,
    private readonly step: ProgramBuilder,
    private readonly stack: (value: Tensor) => Later | undefined,
  ) {}

  /** Undefined where the sum has to be carried from step to step. */
  of(id: ValueId): Later | undefined {
    const { b } = this
    const { op, inputs, shape } = this.step.instruction(id)
    const [x, y] = inputs as [ValueId, ValueId]
    switch (op.op) {
      case 'constant':
        return op.value === 0 ? () => b.constant(0, shape) : undefined
      case 'binary': {
        if (op.name !== 'add') return undefined
        const [left, right] = [this.of(x), this.of(y)]
        return left && right && (() => b.add(left(), right()))
      }
      case 'unary': {
        const sum = op.name === 'neg' ? this.of(x) : undefined
        return sum && (() => b.neg(sum()))
      }
      case 'reshape': {
        const sum = this.of(x)
        return sum && (() => b.reshape(sum(), shape))
      }
      case 'transpose': {
        const sum = this.of(x)
        return sum && (() => b.transpose(sum(), op.permutation))
      }
      case 'pad': {
        const sum = this.of(x)
        return sum && (() => b.pad(sum(), op.low, op.high, op.interior))
      }
      case 'reduce': {
        if (op.name !== 'sum') return undefined
        const all = this.stack(this.step.tensor(x))
        return all && (() => b.sum(all(), [0, ...op.axes.map((axis) => axis + 1)]))
      }
      case 'matmul':
        return shape.length === 2 ? this.product(op, x, y) : undefined
      case 'scatterAdd': {
        const [indices, updates] = [this.stack(this.step.tensor(x)), this.stack(this.step.tensor(y))]
        return indices && updates && (() => b.scatterAdd(indices(), updates(), shape[0] as number))
      }
      default:
        return undefined
    }
  }

  /** Σ A·B over the steps is one product, summed over the steps as well as over the inner axis. */
  private product({ transposeA, transposeB }: Extract<Op, { op: 'matmul' }>, left: ValueId, right: ValueId): Later | undefined {
    const [a, c] = [this.rows(left, !transposeA), this.rows(right, transposeB)]
    return a && c && (() => this.b.matmul(a(), c(), { transposeA: true }))
  }

  /** A factor of all steps as (steps · inner, outer). */
  private rows(id: ValueId, transposed: boolean): Later | undefined {
    const { b } = this
    const tensor = this.step.tensor(id)
    const all = this.stack(tensor)
    const outer = tensor.shape[transposed ? 0 : 1] as number
    return (
      all &&
      (() => {
        const stacked = all()
        return b.reshape(transposed ? b.transpose(stacked, [0, 2, 1]) : stacked, [sizeOf(stacked.shape) / outer, outer])
      })
    )
  }
}
