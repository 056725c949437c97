/**
 * @file What wires say. In: the shape on each wire and the room it has. Out: a label for the near view and one for the far view, whose type is
 * larger. All wires of a graph are written alike: where one shape would not fit between two columns with its batch, none shows it.
 */
import { COLUMN_GAP } from '../layout/sizes'

export interface WireLabel {
  readonly text: string
  /** False where it would run into a node. */
  readonly fits: boolean
}

export interface WireLabels {
  readonly near: WireLabel
  readonly far: WireLabel
}

const BATCH = 'N×'
/** Widths of a character of the mono face at the sizes of wire.css and detail.css. */
const CHARACTER = { near: 6.6, far: 8.1 }
/** The halves of two ports, and a little air. */
const PORTS = 11

const widthOf = (text: string, sight: keyof typeof CHARACTER): number => text.length * CHARACTER[sight] + PORTS
const short = (label: string): string => (label.startsWith(BATCH) ? label.slice(BATCH.length) : label)

/** Whether the wires of a graph show the batch. Where nodes stand does not matter: pushing two together must not rewrite every other wire. */
export const showsBatch = (labels: readonly string[]): boolean => labels.every((label) => widthOf(label, 'near') <= COLUMN_GAP)

/** `room` is the length of the wire's free stretch. */
export function labelsOf(label: string, room: number, withBatch: boolean): WireLabels {
  const of = (text: string, sight: keyof typeof CHARACTER): WireLabel => ({ text, fits: widthOf(text, sight) <= room })
  return { near: of(withBatch ? label : short(label), 'near'), far: of(short(label), 'far') }
}
