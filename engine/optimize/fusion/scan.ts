/**
 * @file Scans: the step is fused as a program of its own, whose state is what it carries; then its buffers become buffers of the whole program.
 * In: a scan instruction and a way to fuse its body. Out: a draft that other kernels can be ordered around, and from it the finished kernel.
 */
import { InternalError } from '../../core/diagnostics'
import { sizeOf } from '../../core/tensor'
import type { Program, ScanOp, ValueId } from '../../ir/program'
import { scanOperands } from '../../ir/scan'
import type { Buffer, BufferId, Kernel, KernelProgram, LoopKernel, PlainKernel, ScanKernel } from '../kernel'
import type { Opaque, Owner, ScanDraft, Storage } from './graph'
import { renamed } from './rename'

/** Names of the data inputs of a step of which each step sees the next item. */
export type FuseStep = (body: Program, sequences: ReadonlySet<string>) => KernelProgram

export function draftScan(id: ValueId, op: ScanOp, storage: Storage, fuseStep: FuseStep): Opaque {
  const { body, length, reverse } = op
  const { inputs } = storage.at(id)
  const read = new Map<number, Owner>()
  storage.program.values.forEach((value, at) => {
    if (value.op.op === 'result' && value.inputs[0] === id) read.set(value.op.index, at)
  })
  const operands = scanOperands(op).map((operand, i) => {
    if (!operand) throw new InternalError('fuse', 'a scan without the inputs of its operands', storage.at(id).origin)
    return { ...operand, value: inputs[i] as ValueId, owner: storage.base(inputs[i] as ValueId) }
  })
  const named = (kind: 'constant' | 'sequence') =>
    new Map(operands.flatMap((operand) => (operand.kind === kind ? [[operand.name, operand.owner] as const] : [])))
  const carried = operands
    .filter(({ kind }) => kind === 'carry')
    .map(({ name, value, owner: initial }, k) => {
      const owner = read.get(k) ?? storage.copyOf(value)
      storage.owned.add(owner)
      return [name, { initial, owner }] as const
    })
  const outputs = body.outputs.flatMap((output, k) => {
    const owner = read.get(carried.length + k)
    return owner === undefined ? [] : [{ output, owner }]
  })
  const step = fuseStep({ ...body, outputs: outputs.map(({ output }) => output) }, new Set(op.sequences))
  const stacked = outputs.map(({ owner }) => owner)
  return {
    kind: 'opaque',
    body: {
      kind: 'scan',
      length,
      reverse,
      step,
      constants: named('constant'),
      sequences: named('sequence'),
      carried: new Map(carried),
      stacked,
    },
    reads: [...new Set(operands.map(({ owner }) => owner))],
    writes: [...carried.map(([, { owner }]) => owner), ...stacked],
  }
}

/** `bufferOf`: the buffer of an owner; `scratch`: a new one. */
export function finishScan(
  draft: ScanDraft,
  bufferOf: (owner: Owner) => BufferId,
  scratch: (like: Buffer) => BufferId,
): ScanKernel & Pick<Kernel, 'origins' | 'reads' | 'writes'> {
  const { step, length, reverse } = draft
  const perItem = new Map<BufferId, number>()
  const outputs = new Map(step.outputs.map(({ buffer }, k) => [buffer, draft.stacked[k] as Owner]))
  const moved = step.buffers.map((buffer, id): BufferId => {
    const { role, name = '', shape } = buffer
    const stacked = outputs.get(id) ?? (role === 'data' ? draft.sequences.get(name) : undefined)
    if (stacked !== undefined) {
      perItem.set(id, sizeOf(shape))
      return bufferOf(stacked)
    }
    if (role === 'scratch') return scratch(buffer)
    const owner = role === 'state' ? draft.carried.get(name)?.owner : draft.constants.get(name)
    if (owner === undefined) throw new InternalError('fuse', `a step reads “${name}”, which it is not given`, buffer.origin)
    return bufferOf(owner)
  })
  const to = (buffer: BufferId): BufferId => moved[buffer] as BufferId
  const steps = step.kernels.map((kernel): PlainKernel => {
    if (kernel.kind === 'scan') throw new InternalError('fuse', 'a scan inside a scan', kernel.origins[0])
    const { origins, reads, writes } = kernel
    return { ...renamed(kernel, to, (buffer) => perItem.get(buffer)), origins, reads: reads.map(to), writes: writes.map(to) }
  })
  const origins = [...new Set(steps.flatMap((kernel) => kernel.origins))]
  const before = [...draft.carried].flatMap(([name, { initial, owner }]): PlainKernel[] => {
    const slot = step.buffers.find((buffer) => buffer.role === 'state' && buffer.name === name)
    const [from, into] = [bufferOf(initial), bufferOf(owner)]
    return slot ? [{ ...copyLoop(from, into, slot), origins, reads: [from], writes: [into] }] : []
  })
  const all = [...before, ...steps]
  return {
    kind: 'scan',
    length,
    reverse,
    before,
    steps,
    origins,
    reads: [...new Set(all.flatMap(({ reads }) => reads))],
    writes: [...new Set(all.flatMap(({ writes }) => writes))],
  }
}

export const copyLoop = (from: number, to: number, { shape, dtype }: Pick<Buffer, 'shape' | 'dtype'>): LoopKernel => ({
  kind: 'loop',
  axes: [sizeOf(shape)],
  reduced: 0,
  body: [{ op: 'load', view: { buffer: from, offset: 0, strides: [1] }, dtype }],
  results: [{ value: 0, buffer: to, offset: 0, strides: [1] }],
})
