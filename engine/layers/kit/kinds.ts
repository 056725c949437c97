/**
 * @file The open type of all layer kinds. Each layer file adds itself:
 * `declare module './kit/kinds' { interface LayerKinds { conv2d: typeof conv2d } }`
 * so the typed graph builder knows every layer without a list anywhere.
 */

// biome-ignore lint/suspicious/noEmptyInterface: filled by declaration merging, one entry per layer file
export interface LayerKinds {}

export type LayerKind = keyof LayerKinds & string
