/**
 * @file What `import … from 'netloom'` gives: networks as code, documents, and what the engine does with them.
 */
export { block } from './builder/block'
export { graph } from './builder/graph'
export type { DocumentBuilder, GraphBuilder } from './builder/graph-builder'
export { type Template, template } from './builder/template'
export { unconnected } from './builder/types'
export { compile } from './compile'
export { parseDocument, serializeDocument } from './document/parse'
export type { GraphDocument } from './document/schema'
export { exportTypeScript } from './export/typescript'
export { createReferenceBackend } from './runtime/reference'
export { createWasmBackend } from './runtime/wasm/backend'
export { inferShapes } from './shapes/infer'
export { train } from './train/train'
