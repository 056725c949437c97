/**
 * @file The canvas as the rest of the app may steer it, without knowing React Flow. In: the mounted canvas registers itself.
 * Out: fit, zoom, and where the pointer is in graph coordinates.
 */
import type { Point } from '../layout/sizes'

export interface Viewport {
  fit(nodes?: readonly string[]): void
  zoomTo(zoom: number): void
  zoomBy(factor: number): void
  /** Brings a node into view if it is not. */
  reveal(node: string): void
  /** The pointer if it is over the canvas, else the middle of the view; in graph coordinates. */
  pointer(): Point
  /** Whether the pointer is over the canvas. */
  hasPointer(): boolean
  /** The same on the screen. */
  pointerOnScreen(): Point
  /** Extents of the window in graph units at 100 %. */
  extent(): { readonly width: number; readonly height: number }
}

let current: Viewport | undefined

export const viewport = (): Viewport | undefined => current

export function registerViewport(next: Viewport): () => void {
  current = next
  return () => {
    if (current === next) current = undefined
  }
}
