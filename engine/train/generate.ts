/**
 * @file Text from a language model (notes 002 §7): the prefix warms the state up, then each token that is drawn is the next one to be read.
 * In: a network, its weights, the vocabulary as the data set's fields tell it. Out: text, piece by piece. The network is compiled for one token
 * of one text at a time; what its recurrent layers carry stays where it is between the runs.
 */
import { lower } from '../compile'
import { DiagnosedError, diagnosedError } from '../core/diagnostics'
import { Random } from '../core/random'
import { sizeOf, type TensorData } from '../core/tensor'
import { adaptDocument, bindFields } from '../datasets/bind'
import type { Field } from '../datasets/dataset'
import { isTokens } from '../datasets/text/stretches'
import { spaceBetween, tokensIn } from '../datasets/text/tokens'
import { Vocabulary } from '../datasets/text/vocabulary'
import type { GraphDocument } from '../document/schema'
import type { LowerOptions } from '../ir/lowering'
import type { TextWish } from '../protocol/messages'
import type { Backend } from '../runtime/backend'
import { originalPath } from '../shapes/replicas'
import { dataInputsOf, Model, runtimeInputs, unwrap } from './model'
import type { Turns } from './pace'

export interface GenerateOptions extends TextWish {
  readonly document: GraphDocument
  readonly backend: Backend
  readonly weights: Readonly<Record<string, Float32Array>>
  /** Of the data that the network was trained on. */
  readonly fields: readonly Field[]
  /** What is written, as it is written; the prefix is not. */
  readonly onText?: (piece: string) => void
  readonly turns?: Turns
  /** Asked between tokens; true ends it early. */
  readonly cancelled?: () => boolean
}

const stepByStep: LowerOptions = { training: false, gradients: 'none', keepsState: true }

/** The text behind the prefix. */
export async function generate(options: GenerateOptions): Promise<string> {
  const { backend, weights, prefix, length, temperature, seed, onText, turns, cancelled } = options
  const field = options.fields.find(isTokens)
  if (!field?.unit || !field.classNames) throw diagnosedError('generate.no-text', {})
  const { unit } = field
  const vocabulary = new Vocabulary(field.classNames)
  const fields = options.fields.map((each) => (each.unit ? { ...each, shape: [1] } : each))
  const { document, diagnostics } = adaptDocument(options.document, fields)
  if (diagnostics.length > 0) throw new DiagnosedError(diagnostics)
  expectForwards(document)
  const model = await Model.forPass(document, backend, stepByStep, 1)
  try {
    await model.load(weights)
    const next = await reader(model, fields, vocabulary.size, seed)
    const random = Random.seeded(seed, 'generate')
    const read = [...tokensIn(prefix, unit)]
    let scores: TensorData = new Float32Array()
    for (const token of read.length > 0 ? read : [beginning(vocabulary)]) scores = await next(vocabulary.indexOf(token))
    let text = ''
    let before = read.at(-1) ?? ''
    for (let written = 0; written < length && !cancelled?.(); written++) {
      const index = draw(scores, temperature, random)
      const token = vocabulary.tokens[index] ?? ''
      const piece = spaceBetween(before, token, unit) + token
      before = token
      text += piece
      onText?.(piece)
      if (written + 1 < length) scores = await next(index)
      await turns?.due()
    }
    return text
  } finally {
    await model.dispose()
  }
}

/** A network that reads backwards has learned to look at what is not yet there when a text is written. */
function expectForwards(document: GraphDocument): void {
  const { program } = unwrap(lower(document, { ...stepByStep, batchSize: 1 }))
  const backwards = program.values.find(({ op }) => op.op === 'scan' && op.reverse)
  if (backwards) throw diagnosedError('generate.backwards', {}, { nodeId: originalPath(backwards.origin) })
}

/** Without a prefix, a text begins as behind the end of a line or a sentence. */
const beginning = ({ tokens }: Vocabulary): string => ['\n', '.', '。'].find((end) => tokens.includes(end)) ?? tokens[1] ?? ''

/** Hands the network a token; gives the scores of what may follow. */
async function reader(model: Model, fields: readonly Field[], size: number, seed: number): Promise<(index: number) => Promise<TensorData>> {
  const { program, executable, outputs, shaped } = await model.pass(1, stepByStep)
  const { bindings, diagnostics } = bindFields(shaped, fields)
  if (diagnostics.length > 0) throw new DiagnosedError(diagnostics)
  const tokens = bindings.find((binding) => isTokens(binding.field))
  const scores = program.outputs.find(
    ({ name, value }) => outputs.includes(name) && sizeOf(program.values[value]?.shape ?? []) === size,
  )?.name
  if (!tokens || !scores) throw diagnosedError('generate.no-scores', { expected: size })
  let step = 0
  return async (index) => {
    const inputs = Object.fromEntries(
      dataInputsOf(program).map(({ name, shape, dtype }) => [
        name,
        dtype === 'i32' ? new Int32Array(sizeOf(shape)).fill(name === tokens.node ? index : 0) : new Float32Array(sizeOf(shape)),
      ]),
    )
    executable.run({ ...inputs, ...runtimeInputs(program, seed, step + 1, 0, { continues: step > 0 }) })
    step++
    return (await executable.read([scores]))[scores] as TensorData
  }
}

/** One of the known tokens, by softmax(scores / temperature); what is unknown cannot be written. */
export function draw(scores: ArrayLike<number>, temperature: number, random: Random): number {
  let best = 1
  for (let index = 2; index < scores.length; index++) if ((scores[index] as number) > (scores[best] as number)) best = index
  if (temperature === 0) return best
  const highest = scores[best] as number
  const chance = (index: number) => Math.exp(((scores[index] as number) - highest) / temperature)
  let sum = 0
  for (let index = 1; index < scores.length; index++) sum += chance(index)
  let left = random.uniform() * sum
  for (let index = 1; index < scores.length; index++) {
    left -= chance(index)
    if (left < 0) return index
  }
  return best
}
