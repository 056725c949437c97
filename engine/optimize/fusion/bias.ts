/**
 * @file A bias added to the result of a product or convolution, and nothing else, becomes part of that kernel.
 * In: clusters and opaque kernels. Out: the same with such pairs folded.
 */
import type { Cluster, Opaque, Owner } from './graph'

export function foldBias(
  clusters: readonly Cluster[],
  opaques: readonly Opaque[],
  fixed: ReadonlySet<Owner>,
): { clusters: readonly Cluster[]; opaques: readonly Opaque[] } {
  const makers = new Map(opaques.flatMap((opaque) => opaque.writes.map((owner) => [owner, opaque] as const)))
  const readers = new Map<Owner, number>()
  for (const work of [...clusters, ...opaques]) for (const owner of work.reads) readers.set(owner, (readers.get(owner) ?? 0) + 1)
  const outputs = new Set([...fixed].filter((owner) => !opaques.some((opaque) => opaque.reads.includes(owner))))
  const replaced = new Map<Opaque, Opaque>()
  const left = clusters.filter((cluster) => {
    const match = biasOf(cluster)
    if (!match) return true
    const maker = makers.get(match.product)
    if (!maker || replaced.has(maker) || readers.get(match.product) !== 1 || outputs.has(match.product)) return true
    const body = biased(maker.body, match)
    if (!body) return true
    replaced.set(maker, { kind: 'opaque', body, reads: [...maker.reads, match.bias], writes: [match.out] })
    return false
  })
  return { clusters: left, opaques: opaques.map((opaque) => replaced.get(opaque) ?? opaque) }
}

interface BiasSum {
  readonly product: Owner
  readonly bias: Owner
  readonly out: Owner
  readonly width: number
}

/** out[row, i] = product[row, i] + bias[i], if that is all the cluster does. */
function biasOf({ loop }: Cluster): BiasSum | undefined {
  const [x, y, sum] = loop.body
  const [result] = loop.results
  if (loop.body.length !== 3 || loop.results.length !== 1 || !result || loop.axes.length !== 2 || loop.reduced > 0) return undefined
  if (x?.op !== 'load' || y?.op !== 'load' || sum?.op !== 'binary' || sum.name !== 'add' || sum.dtype !== 'f32') return undefined
  const width = loop.axes[1] as number
  const isWhole = (offset: number, strides: readonly number[]) => offset === 0 && strides[0] === width && strides[1] === 1
  const isBias = (offset: number, strides: readonly number[]) => offset === 0 && strides[0] === 0 && strides[1] === 1
  if (!isWhole(result.offset, result.strides)) return undefined
  for (const [product, bias] of [
    [x.view, y.view],
    [y.view, x.view],
  ] as const)
    if (isWhole(product.offset, product.strides) && isBias(bias.offset, bias.strides))
      return { product: product.buffer, bias: bias.buffer, out: result.buffer, width }
  return undefined
}

function biased(body: Opaque['body'], { bias, out, width }: BiasSum): Opaque['body'] | undefined {
  if (body.kind === 'matmul' && body.bias === undefined && body.n === width) return { ...body, bias, out }
  if (body.kind === 'conv' && body.bias === undefined && body.direction === 'forward' && body.sizes.outChannels === width)
    return { ...body, bias, out }
  return undefined
}
