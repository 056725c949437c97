/**
 * @file What is counted and measured of a table (notes 002 §12; Shannon 1948), as plain data: the editor shows it, the command line prints it. All
 * information is in bits. The category '' is “no value”; tables stand row after row, a row for each category of X.
 */
import type { Binning } from './bins'

/**
 * Which column, and how its numbers are counted: as they are, in bins, or as seems best. Words, and numbers of which no more are different than there
 * are to be bins, are counted as they are.
 */
export interface VariableRequest {
  /** The engine chooses where there is none. */
  readonly column?: string
  readonly bins: 'auto' | 'none' | Binning
}

export interface ColumnFact {
  readonly name: string
  /** How many different values; undefined: more than can be categories. */
  readonly distinct?: number
  readonly isNumeric: boolean
}

/** How the categories are distributed over the rows to train on, and over those to validate with. */
export interface Shift {
  readonly categories: readonly string[]
  readonly training: readonly number[]
  readonly validation: readonly number[]
  /** D(training ‖ validation) */
  readonly forward: number
  /** D(validation ‖ training) */
  readonly backward: number
}

export interface Variable {
  readonly column: string
  readonly bins?: Binning
  readonly categories: readonly string[]
  readonly counts: readonly number[]
  readonly probabilities: readonly number[]
  /** −log₂ p of each category. */
  readonly selfInformation: readonly number[]
  readonly entropy: number
  /** Where some rows are held out to validate, or are a file of their own. */
  readonly shift?: Shift
}

export interface Joint {
  readonly counts: readonly number[]
  readonly probabilities: readonly number[]
  readonly pointwise: readonly number[]
  /** H(X, Y) */
  readonly entropy: number
  /** H(X | Y) */
  readonly xGivenY: number
  /** H(Y | X) */
  readonly yGivenX: number
  /** I(X; Y) */
  readonly mutual: number
  /** What I(X; Y) of so few rows comes to, on average, where X and Y have nothing to do with each other (Miller 1955). */
  readonly chance: number
  /** D(X ‖ Y) and D(Y ‖ X), where they have categories in common. */
  readonly relative?: { readonly forward: number; readonly backward: number }
}

export interface InformationReport {
  readonly rows: number
  /** Rows to validate with, where there are any. */
  readonly heldOut?: number
  readonly columns: readonly ColumnFact[]
  readonly x: Variable
  /** Absent where the data has but one column. */
  readonly y?: Variable
  readonly joint?: Joint
}
