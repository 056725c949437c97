/**
 * @file A graph written as TypeScript. In: the path of a module that exports a document, a template or a graph builder.
 * Out: its document. Node strips the types; `import … from 'netloom'` gives the very engine that runs.
 */
import * as nodeModule from 'node:module'
import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { setFlagsFromString } from 'node:v8'
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
    module = await withoutSwitches(() => import(/* @vite-ignore */ pathToFileURL(resolve(file)).href))
  } catch (error) {
    if (error instanceof DiagnosedError) throw error
    throw wrong(error instanceof Error ? error.message : String(error))
  }
  const given = module.default ?? Object.values(module).find((value) => documentOf(value) !== undefined)
  const document = documentOf(given)
  if (document === undefined) throw wrong('expected the default export to be a document, a template or a graph')
  return unwrap(parseDocument(document))
}

/**
 * Node takes types out of a module with a program of its own in WebAssembly, a large one. The switches that make our kernels fast would have all of
 * it optimised first, which takes over a second; it runs once, so it is better compiled piece by piece.
 */
async function withoutSwitches<T>(load: () => Promise<T>): Promise<T> {
  const set = process.execArgv.filter((flag) => flag === '--no-liftoff' || flag === '--no-wasm-lazy-compilation')
  for (const flag of set) setFlagsFromString(flag.replace('--no-', '--'))
  try {
    return await load()
  } finally {
    for (const flag of set) setFlagsFromString(flag)
  }
}

/** A document, what a template creates, or what a builder has built. */
function documentOf(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return undefined
  if ('format' in value) return value
  if ('create' in value && typeof value.create === 'function') return value.create()
  if ('document' in value && typeof value.document === 'function') return value.document()
  return undefined
}
