/**
 * @file Addresses that are decided only when a module is linked. In: numbered places. Out: numbers to compute with. Place p at byte offset d
 * is the number p · 2³⁶ + d, p from 1, so emitters treat addresses as they would treat any numbers, as long as they only add and subtract.
 */
const placeSize = 2 ** 36

/** In this place offsets are numbers of phase functions: the addresses of what they read their constants from (alike.ts). */
export const argumentsPlace = 1

export const addressIn = (place: number, offset = 0): number => place * placeSize + offset

/** The place of an unlinked address; 0 for a plain number. */
export const placeIn = (address: number): number => Math.round(address / placeSize)

/** How far an unlinked address lies from its place. */
export const placeOffset = (address: number): number => address - placeIn(address) * placeSize

/** Five bytes of a function body that wait for an address. */
export interface Gap {
  readonly at: number
  readonly place: number
  readonly offset: number
  /** A constant, as against an access's offset. */
  readonly signed: boolean
}
