/** @file The name under which the palette puts an item into a drag, and the canvas finds it. */

export const ADDABLE_TYPE = 'application/x-netloom-layer'
