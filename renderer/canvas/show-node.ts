/** @file Takes a person to a node. In: its engine path (`inception3a/conv1`). Out: its graph opened, the node selected and in view. */
import { revealNode, useDocument } from '../store/document'
import { viewport } from './viewport'

export function showNode(path: string): void {
  revealNode(path)
  const [id] = useDocument.getState().nodes
  // The graph that holds it may only now be drawn.
  if (id !== undefined) requestAnimationFrame(() => viewport()?.reveal(id))
}
