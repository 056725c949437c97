/**
 * @file Fine-tuning (notes 002 §9): a network starts from the weights of another that was trained, all but those of its output layer, which
 * begins afresh. In: the tensors of a file and the network. Out: the weights to start from, and for every one that does not come from the file
 * the reason why.
 */
import { formatShape } from '../core/tensor'
import type { Text } from '../core/text'
import type { WeightFit } from '../protocol/messages'
import type { ShapedGraph, ShapedNode } from '../shapes/shaped-graph'
import { countsAsKernel } from '../shapes/shared-weights'
import { weightsOf } from './model'
import type { SafetensorsFile } from './safetensors'
import { valuesOf } from './tensor-values'

const reasons = {
  output: { en: 'output layer: starts afresh', zh: '输出层：重新开始' },
  missing: { en: 'the file has no weights of this name', zh: '文件中没有同名权重' },
  shape: (got: string, expected: string): Text => ({
    en: `has the shape ${got} there, ${expected} here`,
    zh: `文件中的形状为 ${got}，此处为 ${expected}`,
  }),
}

export interface TransferOptions {
  /** The output layer's weights are copied too, where they fit. */
  readonly keepOutput?: boolean
}

export function transferWeights(file: SafetensorsFile, shaped: ShapedGraph, { keepOutput = false }: TransferOptions = {}): WeightFit {
  const output = keepOutput ? new Set<string>() : new Set(outputLayers(shaped))
  const weights: Record<string, Float32Array> = {}
  const skipped: WeightFit['skipped'][number][] = []
  const wanted = weightsOf(shaped)
  for (const { name, shape } of wanted) {
    const stored = heldAs(name).find((held) => file.tensors.has(held))
    const tensor = stored === undefined ? undefined : file.tensors.get(stored)
    if (output.has(nodeOf(name))) skipped.push({ name, reason: reasons.output })
    else if (!tensor) skipped.push({ name, reason: reasons.missing })
    else if (tensor.shape.join() !== shape.join())
      skipped.push({ name, reason: reasons.shape(formatShape(tensor.shape), formatShape(shape)) })
    else weights[name] = valuesOf(name, tensor, 'f32') as Float32Array
  }
  const known = new Set(wanted.map(({ name }) => name))
  const isWeight = (name: string) => !name.includes(':')
  return { weights, skipped, unused: [...file.tensors.keys()].filter((name) => isWeight(name) && !known.has(name)) }
}

/** In a checkpoint the best weights so far, else their averages, else the weights themselves. */
const heldAs = (name: string): readonly string[] => [`best:${name}`, `${name}:average`, name]

const nodeOf = (weight: string): string => weight.slice(0, weight.lastIndexOf('.'))

/** The layers with weights that a loss, or what comes out where there is none, depends on with no other such layer in between. */
export function outputLayers({ nodes }: ShapedGraph): readonly string[] {
  const byPath = new Map(nodes.map((node) => [node.path, node]))
  const read = new Set(nodes.flatMap(({ inputs }) => Object.values(inputs).flatMap((sources) => sources.map(({ node }) => node))))
  const losses = nodes.filter(({ layer }) => layer.role?.type === 'loss')
  const queue: ShapedNode[] = losses.length > 0 ? losses : nodes.filter(({ path }) => !read.has(path))
  const found = new Set<string>()
  const seen = new Set<string>()
  for (let node = queue.pop(); node; node = queue.pop()) {
    if (seen.has(node.path)) continue
    seen.add(node.path)
    // Scales and shifts on the way belong to the output too; what multiplies its inputs ends the way.
    if (Object.keys(node.weights).length > 0) found.add(node.sharesWith ?? node.path)
    if (Object.values(node.weights).some(countsAsKernel)) continue
    for (const { node: source } of Object.values(node.inputs).flat()) {
      const before = byPath.get(source)
      if (before) queue.push(before)
    }
  }
  return nodes.filter(({ path }) => found.has(path)).map(({ path }) => path)
}
