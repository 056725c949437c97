/**
 * @file `netloom run`: one forward pass, and with `--grad` one backward pass. In: weights and inputs as safetensors, read by name.
 * Out: every output, and `grad:<name>` for every trainable parameter and real-valued input. The batch is that of the inputs.
 */
import { type Command, Option } from 'commander'
import type { TensorData } from '../../../core/tensor'
import type { LowerOptions } from '../../../ir/lowering'
import type { Instruction, Program } from '../../../ir/program'
import { dataInputsOf, Model, runtimeInputs } from '../../../train/model'
import { encodeSafetensors } from '../../../train/safetensors'
import { withBackend } from '../backends'
import { writeWhole } from '../files'
import { loadGraph } from '../graph-argument'
import { batchOf, inputFrom } from '../input-file'
import type { Io } from '../io'
import { type CommonOptions, withCommon } from '../options'
import { readTensors, readWeights } from '../weights'

interface RunOptions extends CommonOptions {
  readonly weights?: string
  readonly inputs: string
  readonly out: string
  readonly grad?: boolean
  readonly mode: 'train' | 'eval'
}

/** Outputs that can be worked out without the inputs that are missing. */
function outputsWithout(program: Program, missing: ReadonlySet<string>): readonly string[] {
  const tainted = new Set<number>()
  program.values.forEach(({ op, inputs }, id) => {
    if ((op.op === 'input' && missing.has(op.name)) || inputs.some((input) => tainted.has(input))) tainted.add(id)
  })
  return program.outputs.filter(({ value }) => !tainted.has(value)).map(({ name }) => name)
}

async function run(graph: string, options: RunOptions, io: Io): Promise<void> {
  const document = await loadGraph(graph, options)
  const pass: LowerOptions = { training: options.mode === 'train', gradients: options.grad ? 'all' : 'none' }
  const file = await readTensors(options.inputs)
  const batchSize = batchOf(document, pass, file, options.inputs)
  await withBackend(options, async (backend) => {
    const model = await Model.forPass(document, backend, pass, batchSize)
    try {
      if (options.weights !== undefined) await model.load(await readWeights(options.weights, document))
      const { program, executable, shaped } = await model.pass(batchSize, pass)
      const inputs: Record<string, TensorData> = runtimeInputs(program, document.training.seed, 1, 0)
      const missing = new Set<string>()
      for (const wanted of dataInputsOf(program)) {
        const { name, shape: extents, dtype } = wanted
        if (name in inputs) continue
        const isLabel = shaped.nodes.find(({ path }) => path === name)?.layer.role?.type === 'label'
        if (isLabel && !options.grad && !file.tensors.has(name)) {
          missing.add(name)
          inputs[name] =
            dtype === 'f32' ? new Float32Array(extents.reduce((a, b) => a * b, 1)) : new Int32Array(extents.reduce((a, b) => a * b, 1))
        } else inputs[name] = inputFrom({ shaped }, wanted, file, options.inputs)
      }
      executable.run(inputs)
      const names = outputsWithout(program, missing).filter((name) => !name.startsWith('metric:'))
      const results = await executable.read(names)
      const tensors = names.map((name) => {
        const { value } = program.outputs.find((output) => output.name === name) as Program['outputs'][number]
        return { name, shape: (program.values[value] as Instruction).shape, data: results[name] as TensorData }
      })
      await writeWhole(options.out, encodeSafetensors(tensors))
      const summary = tensors.map(({ name, shape: extents }) => ({ name, shape: extents }))
      if (options.json) io.out(`${JSON.stringify({ backend: backend.info.id, batchSize, out: options.out, tensors: summary })}\n`)
      else io.err(`${tensors.length} tensors written to ${options.out} (${backend.info.label.en})\n`)
    } finally {
      await model.dispose()
    }
  })
}

export const addRun = (program: Command, io: Io): void => {
  withCommon(program.command('run <graph>').description('one forward pass, and with --grad one backward pass of the loss'))
    .option('--weights <file>', 'parameters by name (default: fresh ones)')
    .requiredOption('--inputs <file>', 'input tensors by name')
    .requiredOption('--out <file>', 'safetensors file to write')
    .option('--grad', 'also gradients of the loss')
    .addOption(new Option('--mode <mode>', 'batch or running statistics, dropout or none').choices(['train', 'eval']).default('eval'))
    .action((graph: string, options: RunOptions) => run(graph, options, io))
}
