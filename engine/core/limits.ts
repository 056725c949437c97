/**
 * @file Sizes beyond which a document is a mistake or an attack, not a network. In: nothing. Out: numbers that the reader of
 * files, the structure checks and shape inference compare with, so that nothing absurd reaches a later pass.
 */
export const limits = {
  /** Bytes of a `.netloom.json` file. */
  fileBytes: 32 * 2 ** 20,
  /** Nodes of one graph as drawn, and of the whole network after its blocks are expanded. */
  nodes: 5_000,
  expandedNodes: 20_000,
  /** Wires of one graph as drawn. */
  edges: 20_000,
  blocks: 500,
  /** Blocks inside blocks. */
  blockDepth: 16,
  /** Elements of one tensor: 2 GiB of 4-byte numbers, half of what a 32-bit memory can address. */
  tensorElements: 2 ** 29,
} as const
