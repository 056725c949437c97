/**
 * @file A graph written as TypeScript. In: the path of a module that exports a document, a template or a graph builder.
 * Out: its document. Node strips the types; `import … from 'netloom'` gives the very engine that runs.
 */
import * as nodeModule from 'node:module'
import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { DiagnosedError, diagnosedError } from '../../core/diagnostics'
import { parseDocument } from '../../document/parse'
import type { GraphDocument } from '../../document/schema'
import * as netloom from '../../netloom'
import { unwrap } from '../../train/model'

/** Where the module that stands for `netloom` finds the engine. */
const SHARED = Symbol.for('netloom.engine')
const ENGINE_URL = 'netloom-engine:shared'

let hooked = false

function hook(file: string): void {
  Object.assign(globalThis, { [SHARED]: netloom })
  if (hooked) return
  hooked = true
  if (typeof nodeModule.registerHooks !== 'function')
    throw diagnosedError('graph.code', { file, detail: `Node ${process.versions.node} cannot run TypeScript; 24 or newer can` }, { file })
  const source = `const engine = globalThis[Symbol.for('netloom.engine')]
${Object.keys(netloom)
  .map((name) => `export const ${name} = engine.${name}`)
  .join('\n')}`
  nodeModule.registerHooks({
    resolve: (specifier, context, next) => (specifier === 'netloom' ? { url: ENGINE_URL, shortCircuit: true } : next(specifier, context)),
    load: (url, context, next) => (url === ENGINE_URL ? { format: 'module', source, shortCircuit: true } : next(url, context)),
  })
}

export async function documentFromCode(file: string): Promise<GraphDocument> {
  const wrong = (detail: string) => diagnosedError('graph.code', { file, detail }, { file })
  hook(file)
  let module: Readonly<Record<string, unknown>>
  try {
    module = await import(/* @vite-ignore */ pathToFileURL(resolve(file)).href)
  } catch (error) {
    if (error instanceof DiagnosedError) throw error
    throw wrong(error instanceof Error ? error.message : String(error))
  }
  const given = module.default ?? Object.values(module).find((value) => documentOf(value) !== undefined)
  const document = documentOf(given)
  if (document === undefined) throw wrong('expected the default export to be a document, a template or a graph')
  return unwrap(parseDocument(document))
}

/** A document, what a template creates, or what a builder has built. */
function documentOf(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return undefined
  if ('format' in value) return value
  if ('create' in value && typeof value.create === 'function') return value.create()
  if ('document' in value && typeof value.document === 'function') return value.document()
  return undefined
}
