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
import { renamed } from './fusion/rename'
import { type FuseStep, finishScan } from './fusion/scan'
import { schedule } from './fusion/schedule'
import { BufferLimit } from './fusion/split'
import type { Buffer, BufferId, Kernel, KernelProgram } from './kernel'

/** `sequences`: the program is a step of a scan, and sees one item of these inputs at a time. */
export function fuse(program: Program, mostBuffers: number, sequences?: ReadonlySet<string>): KernelProgram {
  // Updates are taken to lie where the state lay; if one of too large a kernel cannot, all count as buffers of their own.
  const made = fused(program, mostBuffers, true, sequences) ?? fused(program, mostBuffers, false, sequences)
  if (!made) throw new InternalError('fuse', `a kernel has more than ${mostBuffers} buffers`)
  return made
}

function fused(
  program: Program,
  mostBuffers: number,
  inPlaceCounts: boolean,
  sequences: ReadonlySet<string> | undefined,
): KernelProgram | undefined {
  const fuseStep: FuseStep = (body, items) => fuse(body, mostBuffers, items)
  const placement = place(program, { mostBuffers, inPlace: inPlaceCounts, sequences, fuseStep })
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
  const scratch = ({ shape, dtype, origin }: Buffer): BufferId => {
    held.push(undefined)
    return buffers.push({ shape, dtype, role: 'scratch', origin }) - 1
  }
  const kernels = works.map((work): Kernel => {
    const body = work.kind === 'cluster' ? work.loop : work.body
    if (body.kind === 'scan') return finishScan(body, bufferOf, scratch)
    const origins = new Set(work.writes.map((owner) => storage.at(storage.held(owner)).origin))
    return {
      ...renamed(body, bufferOf),
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
