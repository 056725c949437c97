/** @file A new document: an empty graph with sensible training settings. */
import { FORMAT, type GraphDocument, VERSION } from '../../engine/document/schema'

export const blankDocument = (name = 'Untitled'): GraphDocument => ({
  format: FORMAT,
  version: VERSION,
  name,
  nodes: [],
  edges: [],
  layout: {},
  blocks: {},
  data: { source: { kind: 'digits', params: {} }, standardize: false },
  training: {
    optimizer: { kind: 'adam', params: {} },
    batchSize: 64,
    epochs: 10,
    seed: 0,
    shuffle: true,
    validationSplit: 0.1,
  },
})
