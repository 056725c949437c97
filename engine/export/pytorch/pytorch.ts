/**
 * @file A document as a Python file for PyTorch. In: a document without errors (a `DiagnosedError` otherwise). Out: the source — classes for blocks and
 * for the network, a reader of weights, a `train` function — and what of the training settings is not in it. Weights go beside it under the
 * names of the network's `state_dict`.
 */

import { shape } from '../../compile'
import { DiagnosedError, type Diagnostic, InternalError } from '../../core/diagnostics'
import { type Shape, sizeOf } from '../../core/tensor'
import type { GraphDocument } from '../../document/schema'
import { groupOf } from '../../document/training-groups'
import type { ShapedGraph } from '../../shapes/shaped-graph'
import { docstring } from './classes'
import { type PythonNetwork, pythonNetwork, weightsIn } from './network'
import { pythonStarts } from './starts'
import { pytorchOf } from './steps'
import { pythonTraining } from './training'

export interface PyTorchTensor {
  readonly name: string
  readonly shape: Shape
  readonly data: Float32Array
}

export interface PyTorchSource {
  readonly source: string
  readonly className: string
  /** Names of the data that `forward` takes, and of what it gives, the loss not counted. */
  readonly inputs: readonly string[]
  /** How many of the inputs may not be left out. */
  readonly required: number
  readonly outputs: readonly string[]
  /** What of the training settings the file does without. */
  readonly warnings: readonly Diagnostic[]
}

const READER = `def load_weights(model, path):
    """Gives the model the tensors of a safetensors file that has the names of its state_dict."""
    with open(path, 'rb') as file:
        header = json.loads(file.read(int.from_bytes(file.read(8), 'little')))
        data = file.read()
    header.pop('__metadata__', None)
    state = model.state_dict()
    for name, entry in header.items():
        begin, end = entry['data_offsets']
        state[name] = torch.frombuffer(bytearray(data[begin:end]), dtype=torch.float32).reshape(entry['shape'])
    model.load_state_dict(state)`

export function exportPyTorch(document: GraphDocument): PyTorchSource {
  const shaped = shapedOf(document)
  const network = pythonNetwork(document, shaped)
  const { definitions, usesMath, warnings } = pythonTraining(document, shaped, network)
  const { className, inputs, required, outputs } = network
  const head = [
    docstring(`${document.name} in PyTorch. load_weights(model, path) reads weights that were exported beside this file.`),
    ['import json', ...(usesMath ? ['import math'] : [])].join('\n'),
    ['import torch', 'import torch.nn.functional as F', 'from torch import nn'].join('\n'),
  ]
  const starts = pythonStarts(shaped, weightsIn(network))
  const parts = [...network.definitions, ...starts, READER, ...definitions].map((part) => part.trimEnd())
  return {
    source: `${head.join('\n\n')}\n\n\n${parts.join('\n\n\n')}\n`,
    className,
    inputs,
    required,
    outputs,
    warnings: [...copiesOf(document), ...warnings],
  }
}

/** Of an ensemble the file has one network. */
function copiesOf({ training }: GraphDocument): readonly Diagnostic[] {
  const ensemble = groupOf(training, 'ensemble')
  return ensemble ? [{ code: 'export.one-copy', severity: 'warning', values: { got: ensemble.replicas } }] : []
}

function shapedOf(document: GraphDocument): ShapedGraph {
  const shaped = shape(document)
  if (!shaped.ok) throw new DiagnosedError(shaped.diagnostics)
  return shaped.value
}

/** The weights as `state_dict` has them. */
export function pytorchWeights(document: GraphDocument, weights: Readonly<Record<string, Float32Array>>): readonly PyTorchTensor[] {
  const shaped = shapedOf(document)
  const { attributes }: PythonNetwork = pythonNetwork(document, shaped)
  return shaped.nodes.flatMap((node) => {
    const { weights: names = {} } = pytorchOf(node)
    return Object.entries(node.weights).map(([weight, { shape: extents }]): PyTorchTensor => {
      const known = names[weight]
      const data = weights[`${node.sharesWith ?? node.path}.${weight}`]
      if (!known || !data) throw new InternalError('export', `the weight “${weight}” has no place`, node.path)
      const order = known.permutation ?? extents.map((_, axis) => axis)
      return {
        name: `${attributes.get(node.path)}.${known.name}`,
        shape: order.map((axis) => extents[axis] ?? 1),
        data: permuted(data, extents, order),
      }
    })
  })
}

function permuted(data: Float32Array, extents: Shape, order: readonly number[]): Float32Array {
  if (order.every((axis, at) => axis === at)) return data
  const strides = extents.map((_, axis) => sizeOf(extents.slice(axis + 1)))
  const shape = order.map((axis) => extents[axis] ?? 1)
  return Float32Array.from({ length: data.length }, (_, flat) => {
    let rest = flat
    let from = 0
    for (let at = shape.length - 1; at >= 0; at--) {
      const extent = shape[at] ?? 1
      from += (rest % extent) * (strides[order[at] ?? 0] ?? 0)
      rest = Math.floor(rest / extent)
    }
    return data[from] ?? 0
  })
}
