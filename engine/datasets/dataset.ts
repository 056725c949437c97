/**
 * @file What a data set is. In: settings and, for those on disk, a way to read files. Out: named fields, read by index.
 * Data sets are an OPEN set: one file each in engine/datasets/sources/, found by being there.
 */
import type { Shape, TensorData } from '../core/tensor'
import type { Text } from '../core/text'
import type { ParamSpecs, ParamValues } from '../layers/kit/params'
import type { ColumnTable } from './columns/column'
import type { TokenUnit } from './text/tokens'

/** One tensor of a sample. */
export interface Field {
  readonly name: string
  readonly dtype: 'f32' | 'i32'
  /** Per sample, without the batch. */
  readonly shape: Shape
  /** What feeds a label node; everything else feeds inputs. */
  readonly role: 'input' | 'target'
  /** i32 targets: how many classes, and their names when the data has names. */
  readonly classes?: number
  readonly classNames?: readonly string[]
  /** Of text: what each of `classNames` is. */
  readonly unit?: TokenUnit
  /** For the preview. */
  readonly display: 'image' | 'table' | 'points' | 'text'
  /** Column names of a table. */
  readonly columns?: readonly string[]
}

export interface Dataset {
  readonly fields: readonly Field[]
  /** Samples in one epoch. */
  readonly length: number
  /** Samples are neighbouring stretches of one whole: its end is held out to validate, not samples from anywhere. */
  readonly contiguous?: boolean
  /** Batches are to continue one another: each row goes on where the same row of the batch before ended, and recurrent layers keep their state. */
  readonly sequential?: boolean
  /**
   * Writes the samples at `indices` one after another into `out[field.name]`. Endless sets make fresh samples for every `epoch`;
   * the others ignore it. Returns nothing when the samples were at hand, a promise when they had to be fetched.
   */
  read(indices: Uint32Array, out: Readonly<Record<string, TensorData>>, epoch: number): void | Promise<void>
  dispose?(): void
}

/** Files a person gave us: a folder on disk (Node), chosen or dropped files (browser). Paths use `/` and are relative. */
export interface FileSource {
  readonly name: string
  list(): Promise<readonly { readonly path: string; readonly size: number }[]>
  /** Bytes [start, end) of a file; all of it without a range. */
  read(path: string, start?: number, end?: number): Promise<Uint8Array>
}

export interface OpenOptions {
  readonly seed: number
  readonly files?: FileSource
  /** Resize images to this height and width. */
  readonly imageSize?: number
  /** Fields of the training data, when this is its validation data: classes and their order must be the same. */
  readonly like?: readonly Field[]
}

export interface DatasetDefinition<S extends ParamSpecs = ParamSpecs> {
  /** Equals the file's name. */
  readonly kind: string
  readonly title: Text
  readonly summary: Text
  /** Needs files. */
  readonly onDisk: boolean
  readonly params: S
  /** Throws a `DiagnosedError` naming the file (and line) that is wrong. */
  open(params: ParamValues<S>, options: OpenOptions): Promise<Dataset>
  /** The data as columns to count, where it holds more than its fields say: words, say, that no network can be trained on. */
  columns?(params: ParamValues<S>, options: OpenOptions): Promise<ColumnTable>
}

export const defineDataset = <const S extends ParamSpecs>(definition: DatasetDefinition<S>): DatasetDefinition<S> => definition
