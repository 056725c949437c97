/**
 * @file What attention layers share (notes 002 §10): ports, shapes, and the mean of values weighted by a softmax over scores. A layer of its own
 * says how a query and a key make a score.
 */
import { formatBatches, type Shape, sameShape, type TensorType } from '../../core/tensor'
import type { Emit, Tensor } from '../../ir/emit'
import type { Fail } from './define'
import { expectDType, expectRank } from './expect'
import { bool } from './params'

export const attentionInputs = {
  query: {
    about: {
      en: 'what asks: states of a decoder (N, steps, width), or one (N, width)',
      zh: '查询：解码器的状态 (N, 时间步, 宽度)，或单个 (N, 宽度)',
    },
  },
  keys: { about: { en: 'what the query is compared with (N, items, width)', zh: '与查询比较的键 (N, 项数, 宽度)' } },
  values: {
    about: { en: 'what is averaged (N, items, features); without a wire: the keys', zh: '被加权平均的值 (N, 项数, 特征)；不连线时即为键' },
    optional: true,
  },
  mask: {
    about: { en: '1 for items that may be looked at, 0 for the others (N, items)', zh: '可被注意的项为 1，其余为 0 (N, 项数)' },
    optional: true,
  },
} as const

export const attentionOutputs = {
  y: { about: { en: 'context: averages of the values (N, steps, features)', zh: '上下文：值的加权平均 (N, 时间步, 特征)' } },
  weights: {
    about: { en: 'attention weights (N, steps, items); each row adds up to 1', zh: '注意力权重 (N, 时间步, 项数)，每行之和为 1' },
  },
} as const

export const returnWeightsSpec = bool({
  label: { en: 'Give the weights too', zh: '同时输出权重' },
  help: {
    en: 'Adds a port with the attention weights, to look at or to draw as a heat map.',
    zh: '增加一个端口输出注意力权重，便于查看或绘制热图。',
  },
  default: false,
  advanced: true,
})

type Types = Readonly<Record<keyof typeof attentionInputs, TensorType | undefined>>
type Outputs<T> = Readonly<Record<keyof typeof attentionOutputs, T>>

/** `sameWidth`: queries and keys must be equally wide. */
export function attentionShape(types: Types, returnWeights: boolean, sameWidth: boolean, fail: Fail): Outputs<TensorType> | undefined {
  const { mask } = types
  const [query, keys] = [types.query as TensorType, types.keys as TensorType]
  const values = types.values ?? keys
  const sequences = { en: 'sequences (N, items, width)', zh: '序列 (N, 项数, 宽度)' }
  const asked = { en: 'queries (N, steps, width) or (N, width)', zh: '查询 (N, 时间步, 宽度) 或 (N, 宽度)' }
  for (const [port, type] of Object.entries({ query, keys, values, mask }))
    if (type && !expectDType(type, 'f32', port, fail)) return undefined
  if (!expectRank(query, [2, 3], asked, 'query', fail)) return undefined
  if (!expectRank(keys, [3], sequences, 'keys', fail) || !expectRank(values, [3], sequences, 'values', fail)) return undefined
  const [batch, items, width] = keys.shape as [number, number, number]
  const mismatch = (port: string, expected: Shape, got: Shape) =>
    fail({ code: 'shape.mismatch', port, values: formatBatches(expected, got) })
  const steps = query.shape.slice(1, -1)
  const wanted = [batch, ...steps, sameWidth ? width : (query.shape.at(-1) as number)]
  if (!sameShape(query.shape, wanted)) return mismatch('query', wanted, query.shape)
  const features = values.shape[2] as number
  if (!sameShape(values.shape, [batch, items, features])) return mismatch('values', [batch, items, features], values.shape)
  if (mask && !sameShape(mask.shape, [batch, items])) return mismatch('mask', [batch, items], mask.shape)
  const y: TensorType = { shape: [batch, ...steps, features], dtype: 'f32' }
  return (returnWeights ? { y, weights: { shape: [batch, ...steps, items], dtype: 'f32' } } : { y }) as Outputs<TensorType>
}

interface Attended {
  readonly query: Tensor
  readonly keys: Tensor
  readonly values: Tensor | undefined
  readonly mask: Tensor | undefined
}

/** Far below any score, and still a number: a row without any item to look at is spread evenly rather than NaN. */
const hidden = -1e9

/** `scores`: (N, steps, items) from queries (N, steps, width) and keys (N, items, width). */
export function attend(
  b: Emit,
  { query, keys, values = keys, mask }: Attended,
  returnWeights: boolean,
  scores: (queries: Tensor, keys: Tensor) => Tensor,
): Outputs<Tensor> {
  const [batch, items] = keys.shape as [number, number, number]
  const width = query.shape.at(-1) as number
  const steps = query.shape.length === 3 ? (query.shape[1] as number) : 1
  const all = scores(b.reshape(query, [batch, steps, width]), keys)
  const seen = mask ? b.select(b.broadcast(b.greater(mask, 0), all.shape, [0, 2]), all, hidden) : all
  const weights = b.softmax(seen, 2)
  const context = b.matmul(weights, values)
  const outer = query.shape.slice(0, -1)
  const y = b.reshape(context, [...outer, values.shape[2] as number])
  return (returnWeights ? { y, weights: b.reshape(weights, [...outer, items]) } : { y }) as Outputs<Tensor>
}

/** `attend` in Python, for queries (N, width) and (N, steps, width). */
export const attendInPython = `def attend(score, query, keys, values, mask, return_weights):
    scores = score(query if query.dim() == 3 else query.unsqueeze(1), keys)
    if mask is not None:
        scores = scores.masked_fill(mask.unsqueeze(1) <= 0, -1e9)
    weights = scores.softmax(2)
    context = weights @ (keys if values is None else values)
    if query.dim() == 2:
        context, weights = context.squeeze(1), weights.squeeze(1)
    return (context, weights) if return_weights else context
`
