/**
 * @file A document as a TypeScript module that reads like a template and rebuilds the document when it is run. In: a document of sound
 * structure, finished or not. Out: source that imports from 'netloom' alone; blocks stay blocks, automatic ids are left out.
 */
import { DiagnosedError } from '../core/diagnostics'
import { blocksInOrderOfUse } from '../document/block-order'
import { compactChoice, compactTraining } from '../document/compact'
import { normalizeDocument } from '../document/normalize'
import { portsOfBlock } from '../document/ports'
import type { Block, ChoiceOf, DataSettings, GraphDocument, TrainingSettings } from '../document/schema'
import { checkStructure } from '../document/structure'
import { literal, type Printable, propertyKey, quoted, tallLiteral } from './literal'
import { Names } from './names'
import { drawGraph, drawsUnconnected } from './statements'

const imports = ['block', 'graph', 'unconnected']

/** Throws a `DiagnosedError` where nodes feed each other in circles, or the like: no sequence of statements draws that. */
export function exportTypeScript(document: GraphDocument): string {
  const faults = checkStructure(document).filter(({ severity }) => severity === 'error')
  if (faults.length > 0) throw new DiagnosedError(faults)
  const { name, description, blocks, data, training, ...graph } = normalizeDocument(document)

  const names = new Names([...imports, 'g', 'p'])
  const blockNames = new Map(Object.keys(blocks).map((id) => [id, names.claim(id)]))
  const context = { blocks, blockNames }
  const definitions = blocksInOrderOfUse(blocks).map(([id, block]) => writeBlock(id, block, blockNames, names, context))
  const used = new Set([graph, ...Object.values(blocks)].flatMap(({ nodes }) => nodes.map((node) => node.block)))
  const unused = Object.keys(blocks).filter((id) => !used.has(id))
  const { lines } = drawGraph(graph, context, { params: {}, names: new Names(names.taken), variables: new Map(), indent: '' })

  const needed = [
    ...(definitions.length > 0 ? ['block'] : []),
    'graph',
    ...(drawsUnconnected([graph, ...Object.values(blocks)], context) ? ['unconnected'] : []),
  ]
  const settings = { ...(description !== undefined && { description }), data: dataSetting(data), training: trainingSetting(training) }
  return [
    `import { ${needed.join(', ')} } from 'netloom'\n`,
    ...definitions,
    `const g = graph(${quoted(name)}, ${tallLiteral(settings, '')})\n`,
    [...lines, ...unused.map((id) => `g.define(${blockNames.get(id)})`)].map((line) => `${line}\n`).join(''),
    'export default g.document()\n',
  ].join('\n')
}

function writeBlock(
  id: string,
  block: Block,
  blockNames: ReadonlyMap<string, string>,
  outer: Names,
  context: Parameters<typeof drawGraph>[1],
): string {
  const names = new Names(outer.taken)
  const ports = portsOfBlock(block)
  const inputs = ports.inputs.map((port) => port.name)
  const variables = new Map(inputs.map((input) => [input, names.claim(input)]))
  const simple = inputs.length === 1 && inputs[0] === 'x'
  const options = { ...(block.title !== id && { title: block.title }), ...(!simple && { inputs }) }
  const hasOptions = Object.keys(options).length > 0
  const indent = hasOptions ? '    ' : '  '
  const { lines, results } = drawGraph(block, context, { params: block.params, names, variables, indent })
  const pattern = inputs.map((input) => {
    const variable = variables.get(input) ?? input
    return variable === input ? input : `${propertyKey(input)}: ${variable}`
  })
  const given = simple ? (variables.get('x') ?? 'x') : inputs.length > 0 ? `{ ${pattern.join(', ')} }` : '_inputs'
  const body = [...lines, `return ${results}`].map((line) => `${indent}${line}\n`).join('')
  const head = `const ${blockNames.get(id)} = block(`
  const build = `(g, ${given}${/\bp[.[]/.test(body) ? ', p' : ''}) => {`
  if (!hasOptions) return `${head}${quoted(id)}, ${literal(block.params)}, ${build}\n${body}})\n`
  return [head, `  ${quoted(id)},`, `  ${literal(block.params)},`, `  ${build}`, `${body}  },`, `  ${literal(options)},`, ')\n'].join('\n')
}

const choiceSetting = (choice: ChoiceOf): Printable =>
  Object.keys(choice.params).length === 0 ? choice.kind : (compactChoice(choice) as Printable)

function dataSetting(data: DataSettings): Printable {
  const { source, validation, standardize, ...rest } = data
  const others = Object.entries(rest).filter(([, value]) => value !== undefined)
  if (!validation && !standardize && others.length === 0) return choiceSetting(source)
  return {
    source: choiceSetting(source),
    ...(validation && { validation: choiceSetting(validation) }),
    ...(standardize && { standardize }),
    ...Object.fromEntries(others),
  }
}

function trainingSetting(training: TrainingSettings): Printable {
  const { optimizer, schedule: _, ...others } = compactTraining(training)
  const rest = { ...others, ...(training.schedule && { schedule: choiceSetting(training.schedule) }) }
  const { lr, ...params } = training.optimizer.params
  if (typeof lr !== 'number') return { optimizer: choiceSetting(training.optimizer), ...rest }
  return { optimizer: choiceSetting({ kind: training.optimizer.kind, params }), lr, ...rest }
}
