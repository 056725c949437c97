/**
 * @file Programs made at random from a seed, for properties that every program must have: small tensors, every elementwise, movement
 * and reduction op in any nesting, values kept within a range in which single precision is good.
 */
import { Random } from '../../engine/core/random'
import { type Shape, sizeOf } from '../../engine/core/tensor'
import { ProgramBuilder } from '../../engine/ir/builder'
import type { Tensor } from '../../engine/ir/emit'
import type { Program } from '../../engine/ir/program'

export interface RandomProgram {
  readonly program: Program
  readonly feed: Readonly<Record<string, Float32Array | Int32Array>>
}

const shapes: readonly Shape[] = [
  [],
  [3],
  [8],
  [17],
  [2, 3],
  [4, 6],
  [5, 12],
  [2, 3, 4],
  [3, 1, 5],
  [2, 6, 2, 3],
  [40, 10],
  [7, 33],
  [600, 5],
]

export function randomProgram(seed: number, steps = 24): RandomProgram {
  const random = Random.seeded(seed, 'program')
  const b = new ProgramBuilder(`random ${seed}`)
  const feed: Record<string, Float32Array | Int32Array> = {}
  const pick = <T>(items: readonly T[]): T => items[random.below(items.length)] as T
  const floats = (shape: Shape) => Float32Array.from({ length: sizeOf(shape) }, () => random.uniform(-2, 2))
  const pool: Tensor[] = []
  for (let i = 0; i < 3; i++) {
    const shape = pick(shapes)
    pool.push(b.input(`x${i}`, shape))
    feed[`x${i}`] = floats(shape)
  }
  const slots: { name: string; tensor: Tensor }[] = []
  for (let i = 0; i < 2; i++) {
    const shape = pick(shapes)
    const tensor = b.state(`s${i}`, shape)
    slots.push({ name: `s${i}`, tensor })
    pool.push(tensor)
    feed[`s${i}`] = floats(shape)
  }
  feed.$key = Int32Array.of(seed, 3)

  /** Some tensor of the given shape. */
  const like = (shape: Shape): Tensor => {
    const same = pool.filter((t) => t.shape.join() === shape.join())
    if (same.length > 0 && random.below(3) > 0) return pick(same)
    const fitting = pool.filter(
      (t) => t.shape.length <= shape.length && t.shape.every((e, i) => e === 1 || e === shape[shape.length - t.shape.length + i]),
    )
    const source = fitting.length > 0 ? pick(fitting) : b.constant(random.uniform(-1, 1))
    return b.broadcast(source, shape)
  }
  const tame = (x: Tensor): Tensor => b.tanh(x)
  const step = (): Tensor => {
    const x = pick(pool)
    const rank = x.shape.length
    const axis = random.below(Math.max(1, rank))
    switch (random.below(22)) {
      case 0:
        return b.add(x, like(x.shape))
      case 1:
        return b.sub(x, like(x.shape))
      case 2:
        return b.mul(tame(x), like(x.shape))
      case 3:
        return b.div(x, b.add(b.abs(like(x.shape)), 1))
      case 4:
        return b.max(x, random.below(2) ? like(x.shape) : 0)
      case 5:
        return b.min(x, like(x.shape))
      case 6:
        return b.select(b.less(x, like(x.shape)), b.neg(x), b.mul(x, 0.5))
      case 7:
        return b.select(b.less(0, x), x, like(x.shape))
      case 8:
        return pick([
          () => b.exp(tame(x)),
          () => b.log(b.add(b.abs(x), 0.5)),
          () => b.sqrt(b.add(b.abs(x), 0.25)),
          () => b.reciprocal(b.add(b.abs(x), 1)),
        ])()
      case 9:
        return pick([() => b.tanh(x), () => b.sigmoid(x), () => b.sin(x), () => b.cos(x), () => b.abs(x), () => b.sign(x)])()
      case 10:
        return b.pow(b.add(b.abs(x), 0.5), pick([2, 0.5, 3, -1, 1.7]))
      case 11:
        return rank > 0
          ? b.transpose(
              x,
              [...x.shape.keys()].sort(() => random.uniform(-1, 1)),
            )
          : b.neg(x)
      case 12: {
        const target = pick(shapes.filter((shape) => sizeOf(shape) === sizeOf(x.shape)))
        return target ? b.reshape(x, target) : b.reshape(x, [sizeOf(x.shape)])
      }
      case 13: {
        const target = pick(shapes)
        const fits = x.shape.every((e, i) => e === 1 || e === target[target.length - rank + i]) && rank <= target.length
        return fits ? b.broadcast(x, target) : b.broadcast(x, [...x.shape, 4], [...x.shape.keys()])
      }
      case 14: {
        if (rank === 0) return b.neg(x)
        const starts = x.shape.map((e) => random.below(Math.ceil(e / 2)))
        const steps = x.shape.map(() => 1 + random.below(2))
        return b.slice(x, starts, x.shape, steps)
      }
      case 15: {
        if (sizeOf(x.shape) > 2000) return b.neg(x)
        const few = () => x.shape.map(() => random.below(3))
        return b.pad(x, few(), few(), few())
      }
      case 16:
        return rank > 0 && sizeOf(x.shape) < 2000 ? b.concat([x, like(x.shape), x], axis) : b.neg(x)
      case 17:
        return rank > 0 ? b.mean(x, [axis], random.below(2) === 0) : b.neg(x)
      case 18:
        return rank > 0 ? b.maximum(x, [axis]) : b.abs(x)
      case 19:
        return b.mul(b.sum(x), 1 / sizeOf(x.shape))
      case 20:
        return rank > 0 ? b.softmax(x, axis) : b.exp(tame(x))
      default:
        return rank > 0 ? b.select(b.less(b.random(x.shape), 0.5), x, b.mul(b.cast(b.iota(x.shape, axis), 'f32'), 0.1)) : b.neg(x)
    }
  }
  for (let i = 0; i < steps; i++) {
    const made = step()
    if (sizeOf(made.shape) <= 4000 && made.shape.length <= 5) pool.push(tame(made))
  }
  for (const { name, tensor } of slots) {
    const same = pool.filter((t) => t.shape.join() === tensor.shape.join())
    if (random.below(4) > 0) b.update(name, random.below(2) ? b.sub(tensor, b.mul(pick(same), 0.1)) : pick(same))
  }
  for (let i = 0; i < 4; i++) b.output(`y${i}`, pool[pool.length - 1 - random.below(Math.min(12, pool.length))] as Tensor)
  return { program: b.finish(), feed }
}
