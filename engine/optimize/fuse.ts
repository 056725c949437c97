/**
 * @file Program → kernels. In: a simplified program in the CPU's layout. Out: buffers, and kernels in the order they run.
 *
 *   place     which values get storage; one kernel each
 *   merge     fewer, better kernels, by a cost model
 *   foldBias  sums with a bias go into the product before them
 *   schedule  an order; state updated in place
 *
 * The cost-driven greedy grouping follows the fusion passes of XLA and TVM (Chen et al. 2018); horizontal and vertical fusion are one move here.
 */
import { InternalError } from '../core/diagnostics'
import type { Program } from '../ir/program'
import { foldBias } from './fusion/bias'
import type { Owner, Storage, Work } from './fusion/graph'
import { mergeClusters } from './fusion/merge'
import { place } from './fusion/placement'
import { schedule } from './fusion/schedule'
import { BufferLimit } from './fusion/split'
import type { Buffer, BufferId, Kernel, KernelBody, KernelProgram } from './kernel'

export function fuse(program: Program, mostBuffers: number): KernelProgram {
  // Updates are taken to lie where the state lay; if one of too large a kernel cannot, all count as buffers of their own.
  const made = fused(program, mostBuffers, true) ?? fused(program, mostBuffers, false)
  if (!made) throw new InternalError('fuse', `a kernel has more than ${mostBuffers} buffers`)
  return made
}

function fused(program: Program, mostBuffers: number, inPlaceCounts: boolean): KernelProgram | undefined {
  const placement = place(program, mostBuffers, inPlaceCounts)
  const merged = mergeClusters(placement)
  const folded = foldBias(merged, placement.opaques, placement.fixed)
  const { works, inPlace } = schedule([...folded.clusters, ...folded.opaques], placement.state, placement.storage)
  const limit = new BufferLimit(mostBuffers, inPlace)
  if (!folded.clusters.every((cluster) => limit.allows(cluster))) return undefined
  return assemble(program, placement.storage, works, inPlace, placement.outputs)
}

function assemble(
  program: Program,
  storage: Storage,
  works: readonly Work[],
  inPlace: ReadonlyMap<Owner, Owner>,
  outputs: readonly { readonly name: string; readonly owner: Owner }[],
): KernelProgram {
  const buffers: Buffer[] = []
  const held: (number | undefined)[] = []
  const known = new Map<Owner, BufferId>()
  const bufferOf = (owner: Owner): BufferId => {
    const slot = inPlace.get(owner)
    if (slot !== undefined) return bufferOf(slot)
    const found = known.get(owner)
    if (found !== undefined) return found
    const { op, shape, dtype, origin } = storage.at(storage.held(owner))
    const input = op.op === 'input' && owner < program.values.length ? op : undefined
    const id = buffers.push({ shape, dtype, role: input?.role ?? 'scratch', ...(input ? { name: input.name } : {}), origin }) - 1
    held.push(owner < program.values.length ? owner : undefined)
    known.set(owner, id)
    return id
  }
  program.values.forEach(({ op }, id) => {
    if (op.op === 'input') bufferOf(id)
  })
  const kernels = works.map((work): Kernel => {
    const origins = new Set(work.writes.map((owner) => storage.at(storage.held(owner)).origin))
    return {
      ...renamed(work.kind === 'cluster' ? work.loop : work.body, bufferOf),
      origins: [...origins].filter((origin) => origin !== ''),
      reads: work.reads.map(bufferOf),
      writes: work.writes.map(bufferOf),
    }
  })
  return {
    name: program.name,
    buffers,
    kernels,
    outputs: outputs.map(({ name, owner }) => ({ name, buffer: bufferOf(owner) })),
    state: program.state.map(({ name, value, update, packing }) => {
      const buffer = bufferOf(value)
      return { name, buffer, ...(update === undefined ? {} : { update: buffer }), ...(packing ? { packing } : {}) }
    }),
    valueOf: held,
  }
}

/** The kernel with buffers where it had owners. */
function renamed(body: KernelBody, bufferOf: (owner: Owner) => BufferId): KernelBody {
  const maybe = (owner: Owner | undefined) => (owner === undefined ? undefined : bufferOf(owner))
  switch (body.kind) {
    case 'loop': {
      // A single point still needs an axis to run over.
      const whole = body.axes.length === 0
      return {
        ...body,
        axes: whole ? [1] : body.axes,
        body: body.body.map((op) => {
          if (op.op === 'load')
            return { ...op, view: { ...op.view, buffer: bufferOf(op.view.buffer), strides: whole ? [0] : op.view.strides } }
          if (op.op === 'random') return { ...op, key: bufferOf(op.key) }
          if (op.op === 'index' && whole) return { ...op, strides: [0] }
          return op
        }),
        results: body.results.map((result) => ({ ...result, buffer: bufferOf(result.buffer), strides: whole ? [0] : result.strides })),
      }
    }
    case 'matmul': {
      const bias = maybe(body.bias)
      return { ...body, a: bufferOf(body.a), b: bufferOf(body.b), out: bufferOf(body.out), ...(bias === undefined ? {} : { bias }) }
    }
    case 'conv': {
      const bias = maybe(body.bias)
      return { ...body, a: bufferOf(body.a), b: bufferOf(body.b), out: bufferOf(body.out), ...(bias === undefined ? {} : { bias }) }
    }
    case 'pool': {
      const index = maybe(body.index)
      return { ...body, x: bufferOf(body.x), out: bufferOf(body.out), ...(index === undefined ? {} : { index }) }
    }
    case 'gather':
      return { ...body, table: bufferOf(body.table), indices: bufferOf(body.indices), out: bufferOf(body.out) }
    case 'scatterAdd':
      return { ...body, indices: bufferOf(body.indices), updates: bufferOf(body.updates), out: bufferOf(body.out) }
    case 'argMax':
      return { ...body, x: bufferOf(body.x), out: bufferOf(body.out) }
  }
}
