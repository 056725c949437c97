/**
 * @file What a lesson shows of a small network on one sample (notes 001 and 004): every step of the way forward, back, and of the update, with its
 * formula in symbols and in numbers; and what the drawings of the same network need. In: nothing. Out: types, shared with the editor.
 * Numbers are the reference executor's, in double precision; nothing needs to be computed from them.
 */
import type { Shape } from '../core/tensor'
import type { Text } from '../core/text'
import type { GraphDocument } from '../document/schema'

/** What a person can follow by eye: numbers of one node for a sample, and layers with parameters. */
export const lessonLimits = { units: 64, layers: 8 } as const

export interface LessonRequest {
  readonly document: GraphDocument
  /** `run`: those of the latest run; or all that is kept from step to step, by name. */
  readonly weights: 'fresh' | 'run' | Readonly<Record<string, ArrayLike<number>>>
  /** Which of the lesson's samples; absent: one that shows something (zeros hide the weights they meet). */
  readonly sample?: number
  /** Number of the training step, from 1: some methods and schedules look at it. */
  readonly step: number
}

/** TeX, or a number to be set in the reader's digits. */
export type Piece = string | number

/** One equation in numbers. */
export type LessonLine = readonly Piece[]

export interface LessonTable {
  /** TeX. */
  readonly columns: readonly string[]
  readonly rows: readonly { readonly name: string; readonly values: readonly number[] }[]
}

export type LessonPhase = 'forward' | 'backward' | 'update'

export interface LessonStep {
  readonly id: string
  readonly phase: LessonPhase
  /** Path of the node at work. */
  readonly node: string
  readonly title: Text
  /** Which of the four equations of back-propagation this is. */
  readonly equation?: 1 | 2 | 3 | 4
  /** In symbols, TeX. */
  readonly formula: string
  /** What the layer itself computes, or its derivative; TeX. */
  readonly detail?: string
  readonly explanation: Text
  readonly lines: readonly LessonLine[]
  /** Equations that are left out: there would be too many to read. */
  readonly more: number
  readonly table?: LessonTable
  /** Ids in the drawing of units. */
  readonly units: readonly string[]
  readonly wires: readonly string[]
}

/** A number that is known from a step on, by that step's index. */
export interface Revealed {
  readonly value: number
  readonly from: number
}

/** One neuron; without `a` where nothing follows the sum, without `z` where there is none. */
export interface LessonUnit {
  readonly id: string
  /** TeX. */
  readonly name: string
  readonly z?: Revealed
  readonly a?: Revealed
  readonly delta?: Revealed
}

export interface UnitColumn {
  /** The nodes that the column stands for. */
  readonly nodes: readonly string[]
  readonly title: Text
  readonly units: readonly LessonUnit[]
}

export interface UnitWire {
  readonly id: string
  readonly from: string
  readonly to: string
  readonly weight?: number
  readonly gradient?: Revealed
  /** The weight after the update. */
  readonly next?: Revealed
}

export interface UnitDrawing {
  readonly columns: readonly UnitColumn[]
  readonly wires: readonly UnitWire[]
}

/** A value of the program: a variable, or what an operation makes. */
export interface OperationNode {
  readonly id: number
  readonly type: 'input' | 'parameter' | 'operation'
  /** `matmul`, `dense1.kernel`, `mul(·, 0.5)`. */
  readonly label: string
  /** Path of the node it came from. */
  readonly node: string
  readonly shape: Shape
  readonly operands: readonly number[]
  readonly values: readonly number[]
  /** Index of the step that computes it. */
  readonly from: number
  /** Gradient of the loss by it. */
  readonly deltas: readonly number[]
  readonly deltasFrom: number
}

export interface LessonSample {
  /** In the order of the input nodes. */
  readonly inputs: readonly number[]
  readonly targets: readonly number[]
}

export interface Lesson {
  readonly samples: readonly LessonSample[]
  readonly sample: number
  readonly loss: number
  readonly step: number
  readonly steps: readonly LessonStep[]
  readonly units: UnitDrawing
  readonly operations: readonly OperationNode[]
  /** Everything that is kept, after the update; absent where the method works out its steps in another way. */
  readonly next?: Readonly<Record<string, Float64Array>>
}
