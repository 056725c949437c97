/**
 * @file A memory plan as text. In: a plan and the program whose buffers it places. Out: one line a buffer in order of address: where it lies,
 * how much it takes, from which to which step of the schedule it lives, and whose it is.
 */
import { type Listing, listingLine } from '../core/listing'
import { formatShape } from '../core/tensor'
import type { BufferId, KernelProgram } from '../optimize/kernel'
import type { MemoryPlan } from './plan'

const mebibytes = (bytes: number): string => `${(bytes / 2 ** 20).toFixed(2)} MiB`

export function planListing(
  { name, buffers }: KernelProgram,
  plan: MemoryPlan,
  elementOf: (buffer: BufferId) => string = (buffer) => buffers[buffer]?.dtype ?? '',
): Listing {
  const placed = plan.lives
    .map((life) => ({ ...life, offset: plan.offsets.get(life.buffer) ?? 0 }))
    .sort((a, b) => a.offset - b.offset || a.first - b.first)
  const width = String(plan.bytes).length
  return [
    listingLine(`memory plan of ${name}: scratch buffers share ${mebibytes(plan.bytes)}`),
    listingLine(`${mebibytes(plan.lowerBound)} live at once at most, ${mebibytes(plan.naiveBytes)} without sharing`),
    listingLine(''),
    ...placed.map(({ buffer, bytes, first, last, offset }) => {
      const described = buffers[buffer]
      const what = described ? `b${buffer} ${elementOf(buffer)} ${formatShape(described.shape)}` : 'workspace'
      const place = `${String(offset).padStart(width)} … ${String(offset + bytes).padStart(width)}`
      return listingLine(`${place}  steps ${first}–${last}  ${what}`, described?.origin)
    }),
  ]
}
