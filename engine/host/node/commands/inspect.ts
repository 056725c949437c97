/** @file `netloom inspect`: a network in numbers. In: a graph. Out: inputs, outputs, parameters and nodes with their shapes and counts. */
import type { Command } from 'commander'
import { lower, shape } from '../../../compile'
import { formatBatch } from '../../../core/tensor'
import type { GraphDocument } from '../../../document/schema'
import type { Instruction } from '../../../ir/program'
import { memoryOf } from '../../../train/memory'
import { unwrap, updateOf, weightsOf } from '../../../train/model'
import { withBackend } from '../backends'
import { loadGraph } from '../graph-argument'
import type { Io } from '../io'
import { type CommonOptions, withCommon } from '../options'

export async function describe(document: GraphDocument, options: CommonOptions) {
  const shaped = unwrap(shape(document))
  const { program, outputs } = unwrap(lower(document, { training: false, gradients: 'none' }))
  const typeOf = (name: string) => {
    const output = program.outputs.find((known) => known.name === name)
    const { shape: extents, dtype } = program.values[output?.value ?? 0] as Instruction
    return { name, shape: extents, dtype }
  }
  const total = (of: (node: (typeof shaped.nodes)[number]) => number) => shaped.nodes.reduce((sum, node) => sum + of(node), 0)
  const inputs = shaped.nodes.filter(({ layer }) => layer.role?.type === 'input' || layer.role?.type === 'label')
  return {
    name: shaped.name,
    inputs: inputs.map(({ path, outputs: ports }) => ({ name: path, ...Object.values(ports)[0] })),
    outputs: outputs.map(typeOf),
    parameters: weightsOf(shaped),
    parameterCount: total(({ parameterCount }) => parameterCount),
    flopsForward: total(({ flops }) => flops),
    activationBytes: total(({ activationBytes }) => activationBytes),
    peakBytes: await peakOf(document, options),
    nodes: shaped.nodes.map((node) => ({
      id: node.path,
      type: node.layer.kind,
      inputs: Object.values(node.inputs).flatMap((sources) => sources.map(({ type }) => type.shape)),
      outputs: Object.values(node.outputs).map((type) => type.shape),
      parameterCount: node.parameterCount,
    })),
  }
}

/** What a training step takes, parameters and optimiser state included; of one forward pass where there is no loss. */
async function peakOf(document: GraphDocument, options: CommonOptions): Promise<number> {
  const hasLoss = unwrap(shape(document)).nodes.some(({ layer }) => layer.role?.type === 'loss')
  const pass = hasLoss ? updateOf(document) : { training: false, gradients: 'none' as const }
  return withBackend(options, async (backend) => {
    const { scratchBytes, stateBytes } = await memoryOf(document, pass, backend)
    return scratchBytes + stateBytes
  })
}

export const addInspect = (program: Command, io: Io): void => {
  withCommon(program.command('inspect <graph>').description('inputs, outputs, parameters, nodes, shapes and counts')).action(
    async (graph: string, options: CommonOptions) => {
      const document = await loadGraph(graph, options)
      const found = await describe(document, options)
      if (options.json) return io.out(`${JSON.stringify(found, null, 2)}\n`)
      const count = (value: number) => value.toLocaleString('en')
      const typed = ({ name, shape: extents, dtype }: { name: string; shape?: readonly number[]; dtype?: string }) =>
        `${name} ${formatBatch(extents ?? [])} ${dtype ?? ''}`
      io.out(`${found.name}\n`)
      io.out(`batch       N = ${document.training.batchSize}\n`)
      io.out(`inputs      ${found.inputs.map(typed).join(', ')}\n`)
      io.out(`outputs     ${found.outputs.map(typed).join(', ')}\n`)
      io.out(`parameters  ${count(found.parameterCount)}\n`)
      io.out(`forward     ${count(found.flopsForward)} FLOP, activations ${count(found.activationBytes)} bytes\n`)
      io.out(`peak        ${count(found.peakBytes)} bytes in a training step\n\n`)
      for (const node of found.nodes) {
        const shapes = node.outputs.map(formatBatch).join(', ')
        io.out(`${node.id.padEnd(28)} ${node.type.padEnd(20)} ${shapes.padEnd(20)} ${count(node.parameterCount).padStart(12)}\n`)
      }
    },
  )
}
