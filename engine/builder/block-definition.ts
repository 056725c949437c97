/** @file What a block is once it has been drawn. In: nothing. Out: the types that `block` makes and `g.use` takes. */
import type { Text } from '../core/text'
import type { Block } from '../document/schema'
import type { Scalar, Source } from './types'

export type BlockParams = Readonly<Record<string, Scalar>>

export interface BlockDefinition<P extends BlockParams = BlockParams, I extends string = string, O extends string = string> {
  readonly name: string
  readonly params: P
  readonly inputs: readonly I[]
  readonly outputs: readonly O[]
  readonly graph: Block
  /** Blocks that it uses itself, by name. */
  readonly blocks: ReadonlyMap<string, Block>
  /** For the palette. */
  readonly label?: Text
  readonly summary?: Text
}

/** One input may be given as it is, several go by their names. */
export type BlockInputs<I extends string> = Readonly<Record<I, Source>> | ([I] extends [never] ? never : Source)
