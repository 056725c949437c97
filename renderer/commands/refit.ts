/** @file Keeps the view on a step, unless the step changes so much of the graph that the view would show something else. */
import { viewport } from '../canvas/viewport'
import { openedGraph, useDocument } from '../store/document'

const MUCH = 8

const count = (): number => openedGraph(useDocument.getState()).nodes.length

export function refitted(step: () => void): void {
  const before = count()
  step()
  const view = viewport()
  // The canvas knows the new nodes once it has drawn them.
  if (view && Math.abs(count() - before) >= MUCH) requestAnimationFrame(() => view.fit())
}
