/**
 * @file Which field of a data set feeds which node, and what a document must change to take the data.
 * In: a document (or its shaped graph) and the fields. Out: bindings, an adapted document, and diagnostics where they cannot fit.
 * Nodes are known by their layer's role, and changed by the parameters the layer declares adjustable; no kind is named here.
 */
import type { Diagnostic } from '../core/diagnostics'
import { formatShape, type Shape, sameShape, sizeOf, type TensorType } from '../core/tensor'
import type { GraphDocument } from '../document/schema'
import { inferShapes } from '../shapes/infer'
import type { ShapedGraph, ShapedNode } from '../shapes/shaped-graph'
import type { Field } from './dataset'

/** `copy`: as it is (flattened where only the shape differs); `cast`: a class as a number; `oneHot`: a class as a row of 0 and one 1. */
export type Conversion = 'copy' | 'cast' | 'oneHot'

export interface Binding {
  readonly node: string
  readonly field: Field
  readonly conversion: Conversion
  /** What the node takes, per sample. */
  readonly type: TensorType
}

export interface Bound {
  readonly bindings: readonly Binding[]
  readonly diagnostics: readonly Diagnostic[]
}

const dataNodes = (shaped: ShapedGraph): readonly ShapedNode[] =>
  shaped.nodes.filter(({ layer }) => layer.role?.type === 'input' || layer.role?.type === 'label')

/** Type of one sample, the batch axis taken off. */
function sampleType(node: ShapedNode): TensorType {
  const type = Object.values(node.outputs)[0] as TensorType
  return { ...type, shape: type.shape.slice(1) }
}

function conversionOf(field: Field, type: TensorType): Conversion | undefined {
  const [have, want] = [sizeOf(field.shape), sizeOf(type.shape)]
  if (field.dtype === type.dtype) return have === want ? 'copy' : undefined
  if (field.dtype === 'f32') return undefined
  if (have === want) return 'cast'
  return field.classes !== undefined && want === have * field.classes ? 'oneHot' : undefined
}

/** Pairs every data node with a field: by name, else the first free field of its role that fits best. */
function pairUp(shaped: ShapedGraph, fields: readonly Field[]): readonly { readonly node: ShapedNode; readonly field?: Field }[] {
  const nodes = dataNodes(shaped)
  const byName = new Map(nodes.map((node) => [node.path, fields.find((field) => field.name === node.path)]))
  const free = fields.filter((field) => ![...byName.values()].includes(field))
  return nodes.map((node) => {
    const named = byName.get(node.path)
    if (named) return { node, field: named }
    const role = node.layer.role?.type === 'label' ? 'target' : 'input'
    const type = sampleType(node)
    const quality = (field: Field) =>
      field.role !== role ? -1 : conversionOf(field, type) === 'copy' ? 2 : field.dtype === type.dtype ? 1 : 0
    const best = free.reduce<Field | undefined>((a, b) => (quality(b) > (a ? quality(a) : -1) ? b : a), undefined)
    if (best) free.splice(free.indexOf(best), 1)
    return { node, field: best }
  })
}

function misfit(node: ShapedNode, field: Field, type: TensorType): Diagnostic {
  const about = { severity: 'error', nodeId: node.path } as const
  // No shape would mend that.
  if (node.layer.role?.type === 'label' && field.dtype === 'f32' && type.dtype === 'i32')
    return { ...about, code: 'data.not-classes', values: { field: field.name } }
  return {
    ...about,
    code: 'data.misfit',
    values: { field: field.name, got: formatShape(field.shape), expected: formatShape(type.shape) },
  }
}

export function bindFields(shaped: ShapedGraph, fields: readonly Field[]): Bound {
  const bindings: Binding[] = []
  const diagnostics: Diagnostic[] = []
  for (const { node, field } of pairUp(shaped, fields)) {
    const type = sampleType(node)
    if (!field) {
      const got = fields.map(({ name, shape }) => `${name} ${formatShape(shape)}`).join(', ')
      diagnostics.push({ code: 'data.field', severity: 'error', nodeId: node.path, values: { got } })
      continue
    }
    const conversion = conversionOf(field, type)
    if (conversion) bindings.push({ node: node.path, field, conversion, type })
    else diagnostics.push(misfit(node, field, type))
  }
  return { bindings, diagnostics }
}

const errorsIn = (document: GraphDocument): number => inferShapes(document).diagnostics.filter((d) => d.severity === 'error').length

function withParams(document: GraphDocument, id: string, params: Readonly<Record<string, number | number[]>>): GraphDocument {
  const nodes = document.nodes.map((node) => (node.id === id ? { ...node, params: { ...node.params, ...params } } : node))
  return { ...document, nodes }
}

/** Shapes that the node could be given for this field, the likeliest first. */
function shapesFor(field: Field, type: TensorType): readonly Shape[] {
  if (field.dtype !== type.dtype) return conversionOf(field, type) ? [type.shape] : [field.shape]
  const flat = [sizeOf(field.shape)]
  if (type.shape.length === field.shape.length) return [field.shape]
  if (type.shape.length === 1) return [flat, field.shape]
  // A column of one number serves a node that wants a plain number, and the other way round.
  return conversionOf(field, type) ? [type.shape, field.shape] : [field.shape]
}

/** Gives the input nodes the data's shape and the label its classes; the rest of the network must then agree or be told so. */
export function adaptDocument(
  document: GraphDocument,
  fields: readonly Field[],
): { document: GraphDocument; diagnostics: readonly Diagnostic[] } {
  const pairs = pairUp(inferShapes(document), fields).flatMap(({ node, field }): Pair[] =>
    field ? [{ node, field, type: sampleType(node) }] : [],
  )
  const diagnostics: Diagnostic[] = []
  let adapted = allAtOnce(document, pairs)
  if (errorsIn(adapted) > errorsIn(document)) {
    adapted = document
    for (const { node, field, type } of pairs) {
      const before = errorsIn(adapted)
      const choices = shapesFor(field, type).map((shape) => withShape(adapted, node, type, shape))
      const chosen = choices.find((choice) => errorsIn(choice) <= before)
      if (chosen) adapted = chosen
      else diagnostics.push(misfit(node, field, type))
    }
  }
  for (const { node, field, type } of pairs) {
    const param = node.layer.adjustable?.classes
    if (param && type.dtype === 'i32' && field.classes !== undefined && field.classes !== type.classes)
      adapted = withParams(adapted, node.path, { [param]: field.classes })
  }
  return { document: adapted, diagnostics }
}

interface Pair {
  readonly node: ShapedNode
  readonly field: Field
  readonly type: TensorType
}

/** Inputs and labels that hang together (a token and a target at each step) can only change together. */
const allAtOnce = (document: GraphDocument, pairs: readonly Pair[]): GraphDocument =>
  pairs.reduce((changed, { node, field, type }) => withShape(changed, node, type, shapesFor(field, type)[0] ?? type.shape), document)

function withShape(document: GraphDocument, { path, layer }: ShapedNode, type: TensorType, shape: Shape): GraphDocument {
  const param = layer.adjustable?.shape
  return param === undefined || sameShape(shape, type.shape) ? document : withParams(document, path, { [param]: [...shape] })
}
