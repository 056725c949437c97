/** @file Text whose lines know where they come from. In: what a printer has to say. Out: lines to show with links, or plain text. */

export interface ListingLine {
  readonly text: string
  /** Path of the node whose work the line is part of (`inception3a/conv1`). */
  readonly origin?: string
}

export type Listing = readonly ListingLine[]

/** A line, with an origin unless that says nothing. */
export const listingLine = (text: string, origin = ''): ListingLine => (origin === '' ? { text } : { text, origin })

export const listingText = (listing: Listing): string => `${listing.map(({ text }) => text).join('\n')}\n`

/** Each line with its origin behind it, for where there is nothing to click. */
export const annotated = (listing: Listing): Listing =>
  listing.map(({ text, origin }) => listingLine(origin === undefined ? text : `${text}  ; ${origin}`))
